import type { VirtualizerHandle } from "virtua/vue";
import { onMounted, onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";

/** Closer to the end than this counts as at the end, CSS pixels. */
const NEAR_PX = 48;

export interface StickyEndOptions {
  scroller: Readonly<Ref<HTMLElement | null>>;
  list: Readonly<Ref<VirtualizerHandle | null>>;
  /** Index of the last row. */
  lastIndex: () => number;
}

export interface StickyEnd {
  /** The newest row is on the screen, and the list will keep it there. */
  atEnd: Readonly<Ref<boolean>>;
  /** To be called with every scroll of the list. */
  scrolled(offset: number): void;
  toEnd(): void;
  /** To be called when rows came or changed their size: stays at the end if it was there, else moves nothing. */
  settle(): void;
  /** The list opens somewhere in the middle. */
  letGo(): void;
}

/**
 * Keeps a list at its end while the person is there, and only then. Rows that are measured late move the list without
 * anybody scrolling; so only a scroll upwards that no shrinking row explains lets go of the end.
 */
export function useStickyEnd({ scroller, list, lastIndex }: StickyEndOptions): StickyEnd {
  const atEnd = ref(true);
  let lastOffset = 0;
  let lastSize = 0;

  function scrolled(offset: number): void {
    const handle = list.value;
    if (!handle) return;
    const size = handle.scrollSize;
    const near = offset + handle.viewportSize >= size - NEAR_PX;
    const pulledUp = offset < lastOffset && size >= lastSize;
    lastOffset = offset;
    lastSize = size;
    if (near) atEnd.value = true;
    else if (pulledUp) atEnd.value = false;
  }

  function toEnd(): void {
    atEnd.value = true;
    list.value?.scrollToIndex(lastIndex(), { align: "end" });
  }

  function settle(): void {
    if (atEnd.value) toEnd();
  }

  // A keyboard that opens makes the list shorter; the newest message stays above it.
  const observer = new ResizeObserver(settle);
  onMounted(() => {
    if (scroller.value) observer.observe(scroller.value);
  });
  onScopeDispose(() => observer.disconnect());

  return { atEnd: readonly(atEnd), scrolled, toEnd, settle, letGo: () => (atEnd.value = false) };
}
