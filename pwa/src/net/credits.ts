import type { EpochMs } from "#protocol/ids.ts";

/** Share of the server's own allowance that a tab uses: other tabs and devices of the person draw on it too. */
const SHARE = 0.75;

export interface Credits {
  /** Takes one credit and answers 0, or answers how long to wait for one, milliseconds. */
  take(now: EpochMs): number;
}

/** An allowance of `burst` at once and `perSecond` after that, kept below the server's. */
export function createCredits({ burst, perSecond }: { burst: number; perSecond: number }): Credits {
  const most = Math.max(1, Math.floor(burst * SHARE));
  const perMs = (perSecond * SHARE) / 1_000;
  let left = most;
  let countedAt: EpochMs | null = null;

  return {
    take(now) {
      left = Math.min(most, left + Math.max(0, now - (countedAt ?? now)) * perMs);
      countedAt = now;
      if (left < 1) return Math.ceil((1 - left) / perMs);
      left -= 1;
      return 0;
    },
  };
}
