import { inject } from "vue";
import type { InjectionKey } from "vue";
import type { Tab } from "../net/tab.ts";

/** `start.ts` makes the tab and provides it under this key; the stores find it here. */
export const TAB: InjectionKey<Tab> = Symbol("tab");

/** The tab that `start.ts` provided. Throws when there is none. */
export function useTab(): Tab {
  const tab = inject(TAB);
  if (!tab) throw new Error("Finding the tab: start.ts must provide TAB before a store is used.");
  return tab;
}
