/** What people do that is stored: the changes that one transaction decides together, and what becomes of each. */
import type { Cid, ConversationId, Cursor, Seq, UserId } from "#protocol/ids.ts";
import type { RefusedCode } from "#protocol/codes.ts";
import type { RevisedAnswer, SendAnswer } from "#protocol/http.ts";

/** `text` is clean already (`cleanText`). */
export interface Send {
  kind: "send";
  user: UserId;
  cid: Cid;
  to: UserId;
  text: string;
  /** The message of this conversation that it answers. */
  replyTo?: Seq;
}

/** `user` edits, deletes or reacts to the message `seq`. An edit's text is clean already. */
export interface Revise {
  kind: "revise";
  user: UserId;
  cid: Cid;
  conversation: ConversationId;
  seq: Seq;
  act:
    | { is: "edit"; text: string }
    | { is: "delete"; for: "both" | "me" }
    | { is: "react"; emoji: string | null };
}

/** A device of `user` holds every event up to `cursor` durably. */
export interface Received {
  kind: "received";
  user: UserId;
  cursor: Cursor;
  /** The app is visible on that device: nobody needs to be notified of these. */
  attended: boolean;
}

/** `user` saw every message up to `seq`. */
export interface Read {
  kind: "read";
  user: UserId;
  conversation: ConversationId;
  seq: Seq;
}

export type Change = Send | Revise | Received | Read;

/** What a change came to: an answer for a send or a revision, nothing for a mark, or the code of a refusal that stored nothing. */
export type Outcome =
  | { is: "sent"; answer: SendAnswer }
  | { is: "revised"; answer: RevisedAnswer }
  | { is: "done" }
  | { is: "refused"; code: RefusedCode; retryAfterMs?: number };

export const DONE: Outcome = { is: "done" };

export function refused(code: RefusedCode, retryAfterMs?: number): Outcome {
  return retryAfterMs === undefined ? { is: "refused", code } : { is: "refused", code, retryAfterMs };
}
