import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { LinkView } from "../net/link.ts";
import { useTab } from "./tab.ts";

export const NO_LINK: LinkView = {
  state: "idle",
  retryAt: null,
  troubled: false,
  mustReload: false,
  storing: true,
  cursor: 0,
  aheadMs: null,
};

/** How this tab's socket fares. */
export const useConnection = defineStore("connection", () => {
  const tab = useTab();
  const view = shallowRef<LinkView>(tab.line()?.view() ?? NO_LINK);
  const outdated = ref(false);
  const readable = ref(true);

  tab.on(({ kind }) => {
    if (kind === "outdated") outdated.value = true;
    if (kind === "unreadable") readable.value = false;
    if (kind === "opened") readable.value = true;
    if (kind === "connection" || kind === "opened") view.value = tab.line()?.view() ?? NO_LINK;
    if (kind === "closed") view.value = NO_LINK;
  });

  return {
    state: computed(() => view.value.state),
    /** True only after 3 s of real failure while the tab should be connected: show the banner. */
    troubled: computed(() => view.value.troubled),
    /** Next attempt, by this device's clock; null unless `waiting`. */
    retryAt: computed(() => view.value.retryAt),
    /** The server, or another tab on this device, is of a newer build than this can go on with: only a reload helps. */
    mustReload: computed(() => outdated.value || view.value.mustReload),
    /** False while the browser does not show what this device holds. */
    readable,
    /** False while the browser does not let this device keep what comes in: it will come again, but is not safe here. */
    storing: computed(() => view.value.storing),
    tryNow: () => tab.line()?.tryNow(),
  };
});
