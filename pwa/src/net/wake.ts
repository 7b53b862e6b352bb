import type { Time } from "./time.ts";

/** How often the clock is looked at, and how late a look means that the device slept. */
const LOOK_EVERY_MS = 5_000;
const LATE_MS = 5_000;

/** Calls `woke` when the clock jumped: timers do not run in sleep, nor in a frozen tab. The answer stops watching. */
export function watchClock({ time, woke }: { time: Time; woke: () => void }): () => void {
  let cancel = look();

  function look(): () => void {
    const dueAt = time.now() + LOOK_EVERY_MS;
    return time.after(LOOK_EVERY_MS, () => {
      cancel = look();
      if (time.now() - dueAt > LATE_MS) woke();
    });
  }

  return () => cancel();
}
