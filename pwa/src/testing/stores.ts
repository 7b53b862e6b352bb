import { createPinia, setActivePinia } from "pinia";
import { createApp } from "vue";
import type { App } from "vue";
import type { Tab } from "../net/tab.ts";
import { TAB } from "../stores/tab.ts";

/** Makes the stores of the next lines those of `tab`, as `start.ts` does for the app. */
export function storesOf(tab: Tab): App {
  const app = createApp({ render: () => null });
  const pinia = createPinia();
  app.provide(TAB, tab);
  app.use(pinia);
  setActivePinia(pinia);
  return app;
}
