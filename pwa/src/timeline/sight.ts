/**
 * Decides when a message counts as seen: it was in sight for a whole second without a break, while the person was there
 * (page visible and focused). Anything less marks messages read that nobody read. Marks are cumulative, so only the
 * highest is told.
 */
import type { EpochMs, Seq } from "#protocol/ids.ts";

/** How long a row must be in sight. */
export const SEEN_AFTER_MS = 1_000;

export interface SightEdges {
  clock: () => EpochMs;
  /** Calls back once after `delayMs`; answers how to call it off. */
  after: (delayMs: number, call: () => void) => () => void;
  onSeen: (seq: Seq) => void;
}

export interface Sight {
  enter(seq: Seq): void;
  leave(seq: Seq): void;
  /** The person is there (true), or not: another tab, another window, a locked screen. */
  attend(there: boolean): void;
  stop(): void;
}

export function createSight({ clock, after, onSeen }: SightEdges): Sight {
  /** Rows in sight that nobody was told of, and since when. */
  const since = new Map<Seq, EpochMs>();
  let there = false;
  let seenUpTo: Seq = 0;
  let callOff: (() => void) | null = null;

  function wait(): void {
    callOff?.();
    callOff = null;
    if (!there || since.size === 0) return;
    const dueAt = Math.min(...since.values()) + SEEN_AFTER_MS;
    callOff = after(Math.max(0, dueAt - clock()), tell);
  }

  function tell(): void {
    callOff = null;
    const before = clock() - SEEN_AFTER_MS;
    const seen = [...since].filter(([, at]) => at <= before).map(([seq]) => seq);
    for (const seq of seen) since.delete(seq);
    const highest = Math.max(...seen, seenUpTo);
    if (highest > seenUpTo) {
      seenUpTo = highest;
      onSeen(highest);
    }
    wait();
  }

  return {
    enter(seq) {
      if (seq <= seenUpTo || since.has(seq)) return;
      since.set(seq, clock());
      wait();
    },
    leave(seq) {
      if (since.delete(seq)) wait();
    },
    attend(now) {
      if (now === there) return;
      there = now;
      for (const seq of since.keys()) since.set(seq, clock());
      wait();
    },
    stop() {
      since.clear();
      wait();
    },
  };
}
