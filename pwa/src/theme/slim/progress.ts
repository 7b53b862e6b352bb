/** In place of Vuetify's ring, which can show how far something is and measures itself: this one only goes round. */
import { defineComponent, h } from "vue";
import "./progress.css";

export const VProgressCircular = defineComponent({
  inheritAttrs: false,
  props: { size: { type: [String, Number], default: 23 } },
  setup: ({ size }) => {
    const side = `${Number(size)}px`;
    return () =>
      h("span", { class: "ring", role: "progressbar", style: { inlineSize: side, blockSize: side } });
  },
});
