import { onScopeDispose } from "vue";
import type { Seq } from "#protocol/ids.ts";
import { createSight } from "../timeline/sight.ts";

/** In sight means half of the row, or, of a row taller than the screen, half of the screen. */
const SHARE_IN_SIGHT = 0.5;

export interface Seen {
  watch(row: Element, seq: Seq): void;
  unwatch(row: Element): void;
}

/** Calls `onSeen` with the highest message that was really seen: on screen for a second, page visible and focused. */
export function useSeen(onSeen: (seq: Seq) => void): Seen {
  const sight = createSight({
    clock: () => performance.now(),
    after(delayMs, call) {
      const timer = setTimeout(call, delayMs);
      return () => clearTimeout(timer);
    },
    onSeen,
  });
  const seqs = new Map<Element, Seq>();
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        const seq = seqs.get(entry.target);
        if (seq === undefined) continue;
        if (isInSight(entry)) sight.enter(seq);
        else sight.leave(seq);
      }
    },
    { threshold: [0, SHARE_IN_SIGHT, 1] },
  );

  function attend(): void {
    sight.attend(document.visibilityState === "visible" && document.hasFocus());
  }

  attend();
  document.addEventListener("visibilitychange", attend);
  window.addEventListener("focus", attend);
  window.addEventListener("blur", attend);
  onScopeDispose(() => {
    sight.stop();
    observer.disconnect();
    document.removeEventListener("visibilitychange", attend);
    window.removeEventListener("focus", attend);
    window.removeEventListener("blur", attend);
  });

  return {
    watch(row, seq) {
      seqs.set(row, seq);
      observer.observe(row);
    },
    unwatch(row) {
      const seq = seqs.get(row);
      if (seq !== undefined) sight.leave(seq);
      seqs.delete(row);
      observer.unobserve(row);
    },
  };
}

function isInSight({ intersectionRect, boundingClientRect }: IntersectionObserverEntry): boolean {
  const needed = Math.min(boundingClientRect.height, window.innerHeight) * SHARE_IN_SIGHT;
  return intersectionRect.height > 0 && intersectionRect.height >= needed;
}
