/** How often anybody may show a token, and how many codes one invite can have mailed. The codes' own limits come on top. */
import type { InviteId } from "#protocol/ids.ts";
import { INVITE_TTL_MS } from "#protocol/limits.ts";
import { StoreLimiter } from "../auth/store_limiter.ts";
import { consume } from "../auth/throttle.ts";
import type { Asker, Throttle } from "../auth/throttle.ts";
import type { Limits } from "../config.ts";
import type { Store } from "../store/store.ts";

const HOUR_MS = 60 * 60 * 1_000;
/** Room to mistype an address and to wait for a mail in vain, and no more mails to strangers than that. */
const CODES_PER_INVITE = 10;

/** Each throws `rate_limited` with the time to come back. */
export interface InviteThrottle {
  /** Somebody without a session looks at an invite. */
  looking(asker: Asker): Promise<void>;
  /** One more code for who comes in by the invite. */
  asking(invite: InviteId): Promise<void>;
}

export function createInviteThrottle({
  store,
  throttle,
  limits,
}: {
  store: Store;
  throttle: Pick<Throttle, "nameOf">;
  limits: Pick<Limits, "triesPerIpHour">;
}): InviteThrottle {
  const looks = new StoreLimiter({
    store,
    keyPrefix: "limit.invite.look",
    points: limits.triesPerIpHour,
    windowMs: HOUR_MS,
  });
  const codes = new StoreLimiter({
    store,
    keyPrefix: "limit.invite.code",
    points: CODES_PER_INVITE,
    windowMs: INVITE_TTL_MS,
  });
  return {
    looking: (asker) => consume(looks, throttle.nameOf(asker)),
    asking: (invite) => consume(codes, invite),
  };
}
