/** In place of Vuetify's button: what we use of it, which is a tenth. Its names and its classes are kept. */
import { defineComponent, h } from "vue";
import type { PropType, VNodeChild } from "vue";
import { RouterLink } from "vue-router";
import type { RouteLocationRaw } from "vue-router";
import "./button.css";
import { VIcon } from "./icon.ts";
import { VProgressCircular } from "./progress.ts";

const props = {
  variant: { type: String as PropType<"flat" | "text" | "tonal" | "outlined">, default: "flat" },
  size: { type: String as PropType<"small" | "default" | "large">, default: "default" },
  color: { type: String as PropType<"primary" | "error">, default: "" },
  /** Path of an icon: it is all that the button shows. */
  icon: { type: String, default: "" },
  prependIcon: { type: String, default: "" },
  to: { type: [String, Object] as PropType<RouteLocationRaw>, default: null },
  loading: Boolean,
  disabled: Boolean,
  block: Boolean,
};

export const VBtn = defineComponent({
  name: "VBtn",
  props,
  setup: (props, { slots }) => {
    function classes(): unknown[] {
      const { variant, size, color, icon, loading, block } = props;
      const tint = color && (variant === "flat" ? `bg-${color}` : `text-${color}`);
      const flags = { "v-btn--icon": icon, "v-btn--loading": loading, "v-btn--block": block };
      return ["v-btn", `v-btn--variant-${variant}`, `v-btn--size-${size}`, tint, flags];
    }

    function content(): VNodeChild[] {
      const { icon, prependIcon, loading } = props;
      const shown = icon ? h(VIcon, { icon }) : slots["default"]?.();
      return [
        loading ? h("span", { class: "v-btn__loader" }, h(VProgressCircular)) : null,
        h("span", { class: "v-btn__content" }, [prependIcon ? h(VIcon, { icon: prependIcon }) : null, shown]),
      ];
    }

    return () =>
      props.to === null
        ? h("button", { type: "button", class: classes(), disabled: props.disabled }, content())
        : h(RouterLink, { class: classes(), to: props.to }, content);
  },
});
