import { ref } from "vue";
import type { Ref } from "vue";

/** Let go beyond this share of the width, or faster than this, the page goes; else it comes back. */
const ENOUGH = 0.35;
const FLICK_PX_PER_MS = 0.5;

export interface SwipeBack {
  /** How far the page was drawn aside, CSS pixels towards the end of the line; null while nobody draws it. */
  drawn: Readonly<Ref<number | null>>;
  grab(event: PointerEvent): void;
  draw(event: PointerEvent): void;
  letGo(event: PointerEvent): void;
  cancel(): void;
}

/** The page follows the finger that draws it from the edge, and `back` is called when it was drawn far or fast enough. */
export function useSwipeBack(back: () => void): SwipeBack {
  const drawn = ref<number | null>(null);
  let from = { x: 0, at: 0 };

  function distance(event: PointerEvent): number {
    const x = event.clientX - from.x;
    return Math.max(0, document.documentElement.dir === "rtl" ? -x : x);
  }

  return {
    drawn,
    grab(event) {
      if (event.pointerType !== "touch" || !event.isPrimary) return;
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      from = { x: event.clientX, at: event.timeStamp };
      drawn.value = 0;
    },
    draw(event) {
      if (drawn.value !== null) drawn.value = distance(event);
    },
    letGo(event) {
      if (drawn.value === null) return;
      const far = distance(event);
      const speed = far / Math.max(1, event.timeStamp - from.at);
      drawn.value = null;
      if (far > window.innerWidth * ENOUGH || speed > FLICK_PX_PER_MS) back();
    },
    cancel() {
      drawn.value = null;
    },
  };
}
