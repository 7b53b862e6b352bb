/** Handing one push to a push service (RFC 8030), encrypted for its device. */
import { createHash } from "node:crypto";
import type { PushPayload } from "#protocol/http.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { encryptFor } from "./encrypt.ts";
import type { Subscription } from "./queries.ts";
import { authorize } from "./vapid.ts";
import type { Vapid } from "./vapid.ts";

/** A push service keeps it this long for a device that is away. What is older is in the app when it is opened. */
const TTL_SECONDS = 12 * 60 * 60;
const ANSWER_WITHIN_MS = 10_000;
/** Names of topics have at most so many characters. */
const TOPIC_CHARS = 32;

/**
 * - `sent`: the push service has it.
 * - `gone`: nobody is at that address any more (404, 410).
 * - `refused`: it will not take this push, and would not take it again.
 * - `later`: it cannot just now, or did not answer; `retryAfterMs` if it said when.
 */
export type Sent =
  { is: "sent" | "gone" } | { is: "refused"; status: number } | { is: "later"; retryAfterMs: number | null };

export type SendPush = (
  to: Pick<Subscription, "endpoint" | "p256dh" | "auth">,
  payload: PushPayload,
) => Promise<Sent>;

export function createSendPush(vapid: Vapid): SendPush {
  return async function sendPush({ endpoint, p256dh, auth }, payload) {
    const headers = {
      authorization: authorize(new URL(endpoint).origin, { vapid, now: Date.now() }),
      "content-encoding": "aes128gcm",
      "content-type": "application/octet-stream",
      ttl: String(TTL_SECONDS),
      urgency: "high",
      // Of a device that is away, one push for each conversation waits: the newest.
      topic: topicOf(payload.conversation),
    };
    const body = encryptFor({ p256dh, auth }, JSON.stringify(payload));
    try {
      const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
      return meaningOf(await fetch(endpoint, { method: "POST", headers, body, redirect: "manual", signal }));
    } catch {
      // Whatever kept the answer away: the push may come a second time, which replaces the notification by itself.
      return { is: "later", retryAfterMs: null };
    }
  };
}

/** The push service need not know the conversation's id. */
function topicOf(conversation: ConversationId): string {
  return createHash("sha256").update(conversation).digest("base64url").slice(0, TOPIC_CHARS);
}

function meaningOf({ status, ok, headers }: Response): Sent {
  if (ok) return { is: "sent" };
  if (status === 404 || status === 410) return { is: "gone" };
  if (status === 429 || status >= 500) {
    const seconds = Number(headers.get("retry-after") ?? "");
    return { is: "later", retryAfterMs: Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null };
  }
  return { is: "refused", status };
}
