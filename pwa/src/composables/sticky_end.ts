import type { VirtualizerHandle } from "virtua/vue";
import { nextTick, onMounted, onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import { systemTime } from "../net/time.ts";
import { createEndKeeper } from "../timeline/end.ts";

/** Keys that move a list towards its top. */
const PULLS_UP = new Set(["ArrowUp", "PageUp", "Home"]);

export interface StickyEndOptions {
  scroller: Readonly<Ref<HTMLElement | null>>;
  list: Readonly<Ref<VirtualizerHandle | null>>;
}

export interface StickyEnd {
  /** The newest row is on the screen, and the list will keep it there. */
  atEnd: Readonly<Ref<boolean>>;
  /** All rows are on the screen: there is no way to any end. */
  fits: Readonly<Ref<boolean>>;
  /** To be called with every scroll of the list. */
  scrolled(offset: number): void;
  toEnd(): void;
  /** To be called when rows came: goes on to the end if the list was there and nobody has hold of it, else moves nothing. */
  settle(): void;
  /** To be called when rows have another size than was thought. */
  measured(): void;
  /** The list opens somewhere in the middle. */
  letGo(): void;
}

/** Keeps a virtual list at its end while the person is there; `timeline/end.ts` decides when that is. */
export function useStickyEnd({ scroller, list }: StickyEndOptions): StickyEnd {
  const atEnd = ref(true);
  const fits = ref(false);
  const keeper = createEndKeeper({
    time: systemTime,
    go: () => void go(),
    changed: () => (atEnd.value = keeper.atEnd()),
  });

  /**
   * Not by the list's own `scrollToIndex`: that goes once more whenever a row is measured soon after, also under a person who has
   * begun to scroll. Here `measured` sees to that. What was measured is in the page after the next tick.
   */
  async function go(): Promise<void> {
    await nextTick();
    if (scroller.value && keeper.mayGo()) scroller.value.scrollTop = scroller.value.scrollHeight;
  }

  function scrolled(offset: number): void {
    if (!list.value) return;
    const { viewportSize, scrollSize } = list.value;
    keeper.scrolled({ offset, viewportSize, scrollSize });
  }

  function measured(): void {
    keeper.settle();
    if (list.value) fits.value = list.value.scrollSize <= list.value.viewportSize;
  }

  // A keyboard that opens makes the list shorter; the newest message stays above it.
  const observer = new ResizeObserver(measured);
  const gone = new AbortController();
  onMounted(() => {
    if (!scroller.value) return;
    observer.observe(scroller.value);
    listen(scroller.value);
  });
  onScopeDispose(() => {
    observer.disconnect();
    gone.abort();
  });

  function listen(element: HTMLElement): void {
    const options = { passive: true, signal: gone.signal };
    const lifted = ({ touches }: TouchEvent) => touches.length === 0 && keeper.released();
    element.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && keeper.pulled(), options);
    element.addEventListener("keydown", ({ key }) => PULLS_UP.has(key) && keeper.pulled(), options);
    element.addEventListener("touchstart", keeper.grabbed, options);
    element.addEventListener("touchend", lifted, options);
    element.addEventListener("touchcancel", lifted, options);
    // On the list itself and not on a row: that is its scroll bar.
    const onBar = (event: PointerEvent) => isMouse(event) && event.target === element;
    element.addEventListener("pointerdown", (event) => onBar(event) && keeper.grabbed(), options);
    window.addEventListener("pointerup", (event) => isMouse(event) && keeper.released(), options);
  }

  return {
    atEnd: readonly(atEnd),
    fits: readonly(fits),
    scrolled,
    toEnd: keeper.toEnd,
    settle: keeper.settle,
    measured,
    letGo: keeper.letGo,
  };
}

function isMouse({ pointerType }: PointerEvent): boolean {
  return pointerType === "mouse";
}
