import { onScopeDispose } from "vue";

/** A finger that stays for this long and no further than this from where it came down means a long press. */
const LONG_MS = 450;
const STILL_PX = 10;
const BUZZ_MS = 8;

export interface LongPress {
  /** Listeners for the element that can be pressed long. */
  listeners: Record<string, (event: PointerEvent) => void>;
}

/** Calls `pressed` after a long press with a finger or a pen. What the finger would have clicked is not clicked then. */
export function useLongPress(pressed: (event: PointerEvent) => void): LongPress {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let from = { x: 0, y: 0 };

  function stop(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  function begin(event: PointerEvent): void {
    stop();
    if (event.pointerType === "mouse" || !event.isPrimary) return;
    from = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => {
      timer = null;
      navigator.vibrate?.(BUZZ_MS);
      swallowClick();
      pressed(event);
    }, LONG_MS);
  }

  function move({ clientX, clientY }: PointerEvent): void {
    if (timer !== null && Math.hypot(clientX - from.x, clientY - from.y) > STILL_PX) stop();
  }

  onScopeDispose(stop);

  return {
    listeners: {
      pointerdown: begin,
      pointermove: move,
      pointerup: stop,
      pointercancel: stop,
      pointerleave: stop,
    },
  };
}

/** The click that ends the press would go to whatever is under the finger by then. It may come late; what begins after it is meant. */
function swallowClick(): void {
  const over = new AbortController();
  const once = { capture: true, once: true, signal: over.signal };
  window.addEventListener("click", swallow, once);
  for (const next of ["pointerdown", "keydown"]) window.addEventListener(next, () => over.abort(), once);
}

function swallow(event: Event): void {
  event.preventDefault();
  event.stopPropagation();
}
