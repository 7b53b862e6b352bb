/**
 * How often codes may be asked for and tried. Counted for every number alike, known or not, so that a refusal tells nothing
 * about it. The narrow limits are asked before the wide ones: who is refused by his own does not use up what is everybody's.
 *
 * Two things are bounded against one another: how many mails strangers can send somebody, and how well they can keep somebody
 * out by using up what the number is allowed. A browser that signed in as the number before is counted by itself. A new one
 * shares the number's allowance with strangers, but no network gets more than its part of it.
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
const DAY_MS = 24 * HOUR_MS;

/** Part of a number's hour that one network can use up. */
const NETWORK_PART = 0.5;
/** What strangers can have a number mailed in a day, in hours' worth. */
const DAY_IN_HOURS = 4;

/** Who asks: an address, or a browser that is known to have signed in as the number. */
export interface Asker {
  ip: string;
  /** Id of the known browser; null for every other. */
  browser: string | null;
}

/** The checks throw `rate_limited` with the time to come back. */
export interface Throttle {
  /** A name that counts all requests of `asker` together, and says nothing about them. */
  nameOf(asker: Asker): string;
  /** One more request for a code. */
  asking(asker: Asker): Promise<void>;
  /** One more code for `phone`. */
  making(phone: string, asker: Asker): Promise<void>;
  /** One more try. */
  trying(asker: Asker): Promise<void>;
  /** Forgets how often strangers asked for codes for `phone`. */
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
  const { codesPerNumberHour, codesPerIpHour, codesPerMinute, triesPerIpHour } = limits;
  const codesOfAsker = limiter("code.ip", codesPerIpHour, HOUR_MS);
  const codesOfBrowser = limiter("code.browser", codesPerNumberHour, HOUR_MS);
  const codesFromNetwork = limiter("code.network", Math.ceil(codesPerNumberHour * NETWORK_PART), HOUR_MS);
  const codesOfNumber = limiter("code.number", codesPerNumberHour, HOUR_MS);
  const codesOfNumberInDay = limiter("code.day", codesPerNumberHour * DAY_IN_HOURS, DAY_MS);
  const codesInAll = limiter("code.all", codesPerMinute, MINUTE_MS);
  const triesOfAsker = limiter("try.ip", triesPerIpHour, HOUR_MS);

  const nameOf = ({ ip, browser }: Asker) =>
    browser ?? keys.blindIndex("ip", networkOf(ip)).toString("base64url");
  const numberKey = (phone: string) => keys.blindIndex("phone", phone).toString("base64url");

  return {
    nameOf,
    asking: (asker) => consume(codesOfAsker, nameOf(asker)),
    async making(phone, asker) {
      if (asker.browser !== null) return consume(codesOfBrowser, asker.browser);
      const number = numberKey(phone);
      const round = (await store.counter(roundKey(number)))?.value ?? 0;
      await consume(codesFromNetwork, `${number}.${round}.${nameOf(asker)}`);
      await consume(codesOfNumber, number);
      await consume(codesOfNumberInDay, number);
      await consume(codesInAll, "all");
    },
    trying: (asker) => consume(triesOfAsker, nameOf(asker)),
    async forget(phone) {
      const number = numberKey(phone);
      await store.increment(roundKey(number), { ttlMs: HOUR_MS });
      await codesOfNumber.delete(number);
      await codesOfNumberInDay.delete(number);
    },
  };
}

/** Each time a number is forgotten, networks begin anew for it. */
function roundKey(number: string): string {
  return `code.round:${number}`;
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
