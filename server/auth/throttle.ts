/**
 * How often codes may be asked for and tried. Counted for every number alike, known or not, so that a refusal tells nothing
 * about it. The narrow limits are asked before the wide ones: who is refused by his own does not use up what is everybody's.
 */
import { RateLimiterRes } from "rate-limiter-flexible";
import type { Limits } from "../config.ts";
import { Refusal } from "../problem.ts";
import type { Store } from "../store/store.ts";
import { networkOf } from "./client_ip.ts";
import type { Keys } from "./keys.ts";
import { StoreLimiter } from "./store_limiter.ts";

const MINUTE_MS = 60 * 1_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Each throws `rate_limited` with the time to come back. */
export interface Throttle {
  /** One more request from `ip` for a code. */
  asking(ip: string): Promise<void>;
  /** One more code for `phone`. */
  making(phone: string): Promise<void>;
  /** One more try from `ip`. */
  trying(ip: string): Promise<void>;
  /** Forgets how often codes for `phone` were asked for. */
  forget(phone: string): Promise<void>;
}

export interface ThrottleDeps {
  store: Store;
  keys: Keys;
  limits: Pick<Limits, "codesPerNumberHour" | "codesPerIpHour" | "codesPerMinute" | "triesPerIpHour">;
}

export function createThrottle({ store, keys, limits }: ThrottleDeps): Throttle {
  const limiter = (name: string, points: number, windowMs: number) =>
    new StoreLimiter({ store, keyPrefix: `limit.${name}`, points, windowMs });
  const codesOfIp = limiter("code.ip", limits.codesPerIpHour, HOUR_MS);
  const codesOfNumber = limiter("code.number", limits.codesPerNumberHour, HOUR_MS);
  const codesInAll = limiter("code.all", limits.codesPerMinute, MINUTE_MS);
  const triesOfIp = limiter("try.ip", limits.triesPerIpHour, HOUR_MS);

  const numberKey = (phone: string) => keys.blindIndex("phone", phone).toString("base64url");
  const ipKey = (ip: string) => keys.blindIndex("ip", networkOf(ip)).toString("base64url");

  return {
    asking: (ip) => consume(codesOfIp, ipKey(ip)),
    async making(phone) {
      await consume(codesOfNumber, numberKey(phone));
      await consume(codesInAll, "all");
    },
    trying: (ip) => consume(triesOfIp, ipKey(ip)),
    async forget(phone) {
      await codesOfNumber.delete(numberKey(phone));
    },
  };
}

/** Takes a point of `key`; throws `rate_limited` with the time to come back when there is none left. */
export async function consume(limiter: StoreLimiter, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    throw new Refusal("rate_limited", { retryAfterMs: Math.ceil(refused.msBeforeNext) });
  }
}
