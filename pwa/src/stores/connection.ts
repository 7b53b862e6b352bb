import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { LinkView } from "../net/link.ts";
import { useTab } from "./tab.ts";

const NONE: LinkView = {
  state: "idle",
  retryAt: null,
  troubled: false,
  mustReload: false,
  storing: true,
};

/** How this tab's socket fares. */
export const useConnection = defineStore("connection", () => {
  const tab = useTab();
  const view = shallowRef<LinkView>(tab.line()?.view() ?? NONE);

  tab.on(({ kind }) => {
    if (kind === "connection" || kind === "opened") view.value = tab.line()?.view() ?? NONE;
    if (kind === "closed") view.value = NONE;
  });

  return {
    state: computed(() => view.value.state),
    /** True only after 3 s of real failure while the tab should be connected: show the banner. */
    troubled: computed(() => view.value.troubled),
    /** Next attempt, by this device's clock; null unless `waiting`. */
    retryAt: computed(() => view.value.retryAt),
    /** The server speaks a newer protocol than this build: only a reload helps. */
    mustReload: computed(() => view.value.mustReload),
    /** False while the browser does not let this device keep what comes in: it will come again, but is not safe here. */
    storing: computed(() => view.value.storing),
    tryNow: () => tab.line()?.tryNow(),
  };
});
