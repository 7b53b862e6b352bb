import { defineStore } from "pinia";
import { useTab } from "./tab.ts";

/** The emoji that the person chose last on this device, newest first. They go with the sign-out. */
export const useRecentEmoji = defineStore("recentEmoji", () => {
  const tab = useTab();
  return {
    read: async (): Promise<readonly string[]> => (await tab.emoji()?.read()) ?? [],
    note: (emoji: string): void => tab.emoji()?.note(emoji),
  };
});
