import { computed, ref } from "vue";
import type { ComputedRef } from "vue";

const KEY = "parley.sidebar";

/** The size of the text that widths are told for, CSS pixels: with larger text, all of them grow. */
export const ROOT_PX = 16;
/** Narrower, names are cut; wider, the conversation has too little left. CSS pixels. */
export const SIDEBAR_MIN_PX = 256;
export const SIDEBAR_MAX_PX = 512;
const SIDEBAR_PX = 360;

export interface SidebarWidth {
  px: ComputedRef<number>;
  /** Takes what fits. `keep`: the person let go of it, so it stays for the next time. */
  resize(px: number, options?: { keep?: boolean }): void;
  /** Back to how it was made. */
  reset(): void;
}

/** How wide the list of conversations is on this device. */
export function useSidebarWidth({
  storage = localStorage,
}: { storage?: Pick<Storage, "getItem" | "setItem" | "removeItem"> } = {}): SidebarWidth {
  const wanted = ref(fitting(Number(storage.getItem(KEY)) || SIDEBAR_PX));

  return {
    px: computed(() => wanted.value),
    resize(px, { keep = false } = {}) {
      wanted.value = fitting(px);
      if (keep) storage.setItem(KEY, String(wanted.value));
    },
    reset() {
      wanted.value = SIDEBAR_PX;
      storage.removeItem(KEY);
    },
  };
}

function fitting(px: number): number {
  return Math.round(Math.min(Math.max(px, SIDEBAR_MIN_PX), SIDEBAR_MAX_PX));
}
