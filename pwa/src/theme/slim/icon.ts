/** In place of Vuetify's icons, which may be fonts, components or classes: ours are the paths of `@mdi/js`. For the eye only. */
import { defineComponent, h } from "vue";
import "./icon.css";

const USUAL_PX = 22;

export const VIcon = defineComponent({
  name: "VIcon",
  props: { icon: { type: String, required: true }, size: { type: [String, Number], default: USUAL_PX } },
  setup: (props) => () =>
    h(
      "svg",
      {
        class: "v-icon",
        viewBox: "0 0 24 24",
        "aria-hidden": "true",
        style: { fontSize: `${Number(props.size)}px` },
      },
      h("path", { d: props.icon }),
    ),
});
