/** How often somebody may ask for what is dear: a document of everything about them, a code to end their account, an invite. */
import type { UserId } from "#protocol/ids.ts";
import { StoreLimiter } from "../auth/store_limiter.ts";
import { consume } from "../auth/throttle.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;
const EXPORTS_PER_HOUR = 6;
const PARTINGS_PER_HOUR = 6;
/** Whoever brings a whole team in is held up for a day at most; whoever tries out numbers by it gets nowhere. */
const INVITES_PER_DAY = 50;

/** Each throws `rate_limited` with the time to come back. */
export interface AccountThrottle {
  exporting(user: UserId): Promise<void>;
  /** One more code to end the account. */
  parting(user: UserId): Promise<void>;
  /** One more invite. */
  inviting(user: UserId): Promise<void>;
  /** Forgets that there was such a user. */
  forget(user: UserId): Promise<void>;
}

export function createAccountThrottle({ store }: { store: Store }): AccountThrottle {
  const limiter = (name: string, points: number, windowMs = HOUR_MS) =>
    new StoreLimiter({ store, keyPrefix: `limit.${name}`, points, windowMs });
  const exports = limiter("export", EXPORTS_PER_HOUR);
  const partings = limiter("parting", PARTINGS_PER_HOUR);
  const invites = limiter("invite", INVITES_PER_DAY, DAY_MS);
  return {
    exporting: (user) => consume(exports, user),
    parting: (user) => consume(partings, user),
    inviting: (user) => consume(invites, user),
    async forget(user) {
      await Promise.all([exports, partings, invites].map((counted) => counted.delete(user)));
    },
  };
}
