import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { NewSession } from "#protocol/frames.ts";
import { useTab } from "./tab.ts";

/** Sessions of this person that began on other devices, until they have looked. */
export const useNewSessions = defineStore("newSessions", () => {
  const tab = useTab();
  /** Oldest first. */
  const list = shallowRef<readonly NewSession[]>(tab.line()?.news.list() ?? []);

  tab.on(({ kind }) => {
    if (kind === "people" || kind === "connection" || kind === "unsent") return;
    list.value = tab.line()?.news.list() ?? [];
  });

  return {
    list,
    /** They need not be told of again, on this device. */
    dismiss: async () => tab.line()?.news.dismiss(),
  };
});
