/** Credits: how fast one user may act on one instance. A bucket that fills at a steady rate up to its burst. */
import type { Clock } from "../clock.ts";

export interface Credits {
  /** Takes one. 0 when there was one; otherwise the milliseconds until there is. */
  take(): number;
}

export function createCredits({
  burst,
  perSecond,
  clock,
}: {
  burst: number;
  perSecond: number;
  clock: Clock;
}): Credits {
  let left = burst;
  let filledAt = clock();
  return {
    take() {
      const now = clock();
      left = Math.min(burst, left + (Math.max(0, now - filledAt) * perSecond) / 1_000);
      filledAt = now;
      if (left < 1) return Math.ceil(((1 - left) * 1_000) / perSecond);
      left -= 1;
      return 0;
    },
  };
}
