/** First and longest wait before coming back, milliseconds. */
const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/**
 * How long to wait before the next attempt after `failures` in a row, milliseconds. Full jitter: any moment up to the
 * doubled bound, so that clients that lost the same server do not return together.
 */
export function backoffMs(failures: number, random: () => number): number {
  const boundMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, failures - 1));
  return random() * boundMs;
}
