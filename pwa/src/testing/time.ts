import type { EpochMs } from "#protocol/ids.ts";
import type { Time } from "../net/time.ts";

/** A clock for tests: it stands still until told to move, and timers fire in order on the way. */
export interface BorrowedTime extends Time {
  /** Moves the clock and fires what is due, each timer at its own moment. */
  pass(ms: number): void;
  /** As after sleep: the clock is moved, and timers fire late, at the new moment. */
  jump(ms: number): void;
  /** How many timers are set. */
  waiting(): number;
}

interface Timer {
  dueAt: EpochMs;
  run: () => void;
}

export function borrowTime(startAt: EpochMs = Date.UTC(2026, 10, 22, 12)): BorrowedTime {
  let nowAt = startAt;
  const timers = new Set<Timer>();

  function next(untilAt: EpochMs): Timer | undefined {
    const due = [...timers].filter((timer) => timer.dueAt <= untilAt);
    return due.toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }

  function fire(untilAt: EpochMs, { late }: { late: boolean }): void {
    if (late) nowAt = untilAt;
    for (let timer = next(untilAt); timer; timer = next(untilAt)) {
      timers.delete(timer);
      if (!late) nowAt = timer.dueAt;
      timer.run();
    }
    nowAt = untilAt;
  }

  return {
    now: () => nowAt,
    after(delayMs, run) {
      const timer = { dueAt: nowAt + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pass: (ms) => fire(nowAt + ms, { late: false }),
    jump: (ms) => fire(nowAt + ms, { late: true }),
    waiting: () => timers.size,
  };
}
