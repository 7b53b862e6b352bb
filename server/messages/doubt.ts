/**
 * Where instances write to the same people all the time, what is known of them is mostly out of date, and to ask first is in vain,
 * twice. So after each time that it did not hold, a number of batches is read without asking: twice as many as the time before, and
 * none again once it held.
 */

/** Batches that are read without asking, at most. */
const DOUBT_MAX = 64;

export interface Doubt {
  /** Whether to ask for this batch. */
  isOver(): boolean;
  /** What came of asking. */
  heard(held: boolean): void;
}

export function createDoubt(): Doubt {
  let [left, next] = [0, 1];
  return {
    isOver() {
      if (left === 0) return true;
      left -= 1;
      return false;
    },
    heard(held) {
      [left, next] = held ? [0, 1] : [next, Math.min(next * 2, DOUBT_MAX)];
    },
  };
}
