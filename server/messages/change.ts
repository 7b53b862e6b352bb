/** What people do that is stored: the changes that one transaction decides together, and what becomes of each. */
import type { Cid, ConversationId, Cursor, Seq, UserId } from "#protocol/ids.ts";
import type { RefusedCode } from "#protocol/codes.ts";
import type { SendAnswer } from "#protocol/http.ts";

/** `text` is clean already (`cleanText`). */
export interface Send {
  kind: "send";
  user: UserId;
  cid: Cid;
  to: UserId;
  text: string;
}

/** A device of `user` holds every event up to `cursor` durably. */
export interface Received {
  kind: "received";
  user: UserId;
  cursor: Cursor;
}

/** `user` saw every message up to `seq`. */
export interface Read {
  kind: "read";
  user: UserId;
  conversation: ConversationId;
  seq: Seq;
}

export type Change = Send | Received | Read;

/** What a change came to: an answer for a send, nothing for a mark, or the code of a refusal that stored nothing. */
export type Outcome =
  | { is: "sent"; answer: SendAnswer }
  | { is: "done" }
  | { is: "refused"; code: RefusedCode; retryAfterMs?: number };

export const DONE: Outcome = { is: "done" };

export function refused(code: RefusedCode, retryAfterMs?: number): Outcome {
  return retryAfterMs === undefined ? { is: "refused", code } : { is: "refused", code, retryAfterMs };
}
