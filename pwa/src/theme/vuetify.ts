import { createVuetify } from "vuetify";
import { mdi } from "vuetify/iconsets/mdi-svg";

/**
 * Vuetify with our design. Its own theme is off: it would write a stylesheet into the page, which our content security
 * policy forbids; `vuetify.css` holds what it would have written.
 */
export function createDesign(): ReturnType<typeof createVuetify> {
  return createVuetify({
    theme: false,
    locale: { rtl: { ar: true } },
    icons: { defaultSet: "mdi", sets: { mdi } },
    defaults: {
      VBtn: { ripple: false, variant: "flat" },
      VIcon: { size: "1.375rem" },
    },
  });
}
