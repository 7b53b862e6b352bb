import type { UserId } from "#protocol/ids.ts";
import { StoreLimiter } from "../auth/store_limiter.ts";
import { consume } from "../auth/throttle.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 60 * 60 * 1_000;
/** A change is told to everybody who knows the person, so there are few of them an hour. */
const CHANGES_PER_HOUR = 60;

/** Takes one of a user's changes. Throws `rate_limited` with the time to come back. */
export function createProfilePace(store: Store): (user: UserId) => Promise<void> {
  const limiter = new StoreLimiter({
    store,
    keyPrefix: "limit.profile",
    points: CHANGES_PER_HOUR,
    windowMs: HOUR_MS,
  });
  return (user) => consume(limiter, user);
}
