import type { EpochMs } from "#protocol/ids.ts";

/** The clock and its timers, lent together so that tests can move both. */
export interface Time {
  now(): EpochMs;
  /** Runs `run` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void;
}

export const systemTime: Time = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  },
};
