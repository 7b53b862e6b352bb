import type { Time } from "./time.ts";

/** Name of the lock that the tab which empties the outbox holds. */
const LOCK = "parley.outbox";
/** A tab that does not let go within this time is taken to sleep. */
const LET_GO_WITHIN_MS = 5_000;

/** Makes the `exclusively` of `Sender` from Web Locks, or without them where they are missing. */
export function takeTurns({
  locks,
  time,
}: {
  locks: LockManager | null;
  time: Time;
}): (body: () => Promise<void>) => Promise<void> {
  return async (body) => {
    if (!locks) return body();
    const patience = new AbortController();
    const cancel = time.after(LET_GO_WITHIN_MS, () => patience.abort());
    let begun = false;
    try {
      await locks.request(LOCK, { signal: patience.signal }, () => {
        begun = true;
        cancel();
        return body();
      });
    } catch (error) {
      if (begun) throw error;
      await body();
    }
  };
}
