/** Credits: how fast one user may act on one instance. A bucket that fills at a steady rate up to its burst. */
import type { Clock } from "../clock.ts";

/** What many buckets share, so that one of them is small: there are several for each user. */
export interface Pace {
  burst: number;
  perSecond: number;
  clock: Clock;
  /** Told each time somebody is too fast. */
  throttled?: () => void;
}

export class Credits {
  readonly #pace: Pace;
  #left: number;
  #filledAt: number;

  constructor(pace: Pace) {
    this.#pace = pace;
    this.#left = pace.burst;
    this.#filledAt = pace.clock();
  }

  /** Takes one. 0 when there was one; otherwise the milliseconds until there is. */
  take(): number {
    const { perSecond, throttled } = this.#pace;
    this.#fill();
    if (this.#left < 1) {
      throttled?.();
      return Math.ceil(((1 - this.#left) * 1_000) / perSecond);
    }
    this.#left -= 1;
    return 0;
  }

  /** Takes one whether there is one or not. 0 when there was; otherwise the milliseconds until its turn has come. */
  reserve(): number {
    const waitMs = this.take();
    if (waitMs === 0) return 0;
    this.#left -= 1;
    return Math.ceil((-this.#left * 1_000) / this.#pace.perSecond);
  }

  /** Takes so many at once, there or not: nothing is left until they have come back. */
  fine(credits: number): void {
    this.#fill();
    this.#left -= credits;
  }

  #fill(): void {
    const { burst, perSecond, clock } = this.#pace;
    const now = clock();
    this.#left = Math.min(burst, this.#left + (Math.max(0, now - this.#filledAt) * perSecond) / 1_000);
    this.#filledAt = now;
  }
}
