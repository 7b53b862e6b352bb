import type { VirtualizerHandle } from "virtua/vue";
import { onMounted, onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import { createEndKeeper } from "../timeline/end.ts";

export interface StickyEndOptions {
  scroller: Readonly<Ref<HTMLElement | null>>;
  list: Readonly<Ref<VirtualizerHandle | null>>;
  /** Index of the last row. */
  lastIndex: () => number;
}

export interface StickyEnd {
  /** The newest row is on the screen, and the list will keep it there. */
  atEnd: Readonly<Ref<boolean>>;
  /** All rows are on the screen: there is no way to any end. */
  fits: Readonly<Ref<boolean>>;
  /** To be called with every scroll of the list. */
  scrolled(offset: number): void;
  toEnd(): void;
  /** To be called when rows came: stays at the end if it was there, else moves nothing. */
  settle(): void;
  /** To be called when rows have another size than was thought. */
  measured(): void;
  /** The list opens somewhere in the middle. */
  letGo(): void;
}

/** Keeps a virtual list at its end while the person is there; `timeline/end.ts` decides when that is. */
export function useStickyEnd({ scroller, list, lastIndex }: StickyEndOptions): StickyEnd {
  const atEnd = ref(true);
  const fits = ref(false);
  const keeper = createEndKeeper();

  function scrolled(offset: number): void {
    if (!list.value) return;
    const { viewportSize, scrollSize } = list.value;
    atEnd.value = keeper(atEnd.value, { offset, viewportSize, scrollSize });
  }

  function toEnd(): void {
    atEnd.value = true;
    list.value?.scrollToIndex(lastIndex(), { align: "end" });
  }

  function settle(): void {
    if (atEnd.value) toEnd();
  }

  function measured(): void {
    settle();
    if (list.value) fits.value = list.value.scrollSize <= list.value.viewportSize;
  }

  function letGo(): void {
    atEnd.value = false;
  }

  // A keyboard that opens makes the list shorter; the newest message stays above it.
  const observer = new ResizeObserver(measured);
  onMounted(() => {
    if (scroller.value) observer.observe(scroller.value);
  });
  onScopeDispose(() => observer.disconnect());

  return { atEnd: readonly(atEnd), fits: readonly(fits), scrolled, toEnd, settle, measured, letGo };
}
