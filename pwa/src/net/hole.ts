import { HOLE_WAIT_MS } from "#protocol/limits.ts";
import type { Time } from "./time.ts";

/** Resumes in a row that brought nothing before the hole is given up. */
const FRUITLESS_MAX = 3;

export interface HoleEdges {
  time: Time;
  /** Whether events are missing that the server is known to have. */
  behind: () => boolean;
  /** Asks for what is missing. */
  ask: () => void;
  /** Asking has not helped. */
  giveUp: () => void;
}

export interface HoleWatch {
  /** Something was heard: begins to wait if there is a hole, and stops when there is none. */
  look(): void;
  /** An event that was missing has come: waiting starts again. */
  progressed(): void;
  stop(): void;
}

/** Gives a missing event a moment to arrive by itself, then asks, and after some vain asking gives up. */
export function watchHole({ time, behind, ask, giveUp }: HoleEdges): HoleWatch {
  let fruitless = 0;
  let cancel: (() => void) | null = null;

  function look(): void {
    if (!behind()) return stop();
    cancel ??= time.after(HOLE_WAIT_MS, () => {
      cancel = null;
      fruitless += 1;
      if (fruitless > FRUITLESS_MAX) giveUp();
      else ask();
      look();
    });
  }

  function stop(): void {
    cancel?.();
    cancel = null;
  }

  return {
    look,
    progressed() {
      fruitless = 0;
      stop();
      look();
    },
    stop,
  };
}
