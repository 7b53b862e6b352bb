/**
 * How many mails may leave, whatever they are about: a fuse behind the throttles of those who ask. It is looked at when a mail
 * is sent and not when it is asked for, so what it holds back shows in no answer: only the log tells.
 */
import type { Limits } from "../config.ts";
import type { Store } from "../store/store.ts";
import { emailKey } from "./email.ts";
import type { Keys } from "./keys.ts";
import { StoreLimiter } from "./store_limiter.ts";
import { consume } from "./throttle.ts";

const HOUR_MS = 60 * 60 * 1_000;

export interface MailBudgetDeps {
  store: Store;
  keys: Keys;
  limits: Pick<Limits, "mailsPerAddressHour" | "mailsPerHour">;
}

/** `send`, for as long as there is something left for the address and in all; rejects with `rate_limited` after that. */
export function withinBudget<Mail extends { to: string }>(
  send: (mail: Mail) => Promise<unknown>,
  { store, keys, limits }: MailBudgetDeps,
): (mail: Mail) => Promise<void> {
  const limiter = (name: string, points: number) =>
    new StoreLimiter({ store, keyPrefix: `limit.${name}`, points, windowMs: HOUR_MS });
  const toAddress = limiter("mail.address", limits.mailsPerAddressHour);
  const inAll = limiter("mail.all", limits.mailsPerHour);
  return async function sendWithin(mail) {
    await consume(toAddress, keys.blindIndex("email", emailKey(mail.to)).toString("base64url"));
    await consume(inAll, "all");
    await send(mail);
  };
}
