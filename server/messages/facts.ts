/** What must be known to decide a batch of changes, as the database has it. Keyed by `pair(…)` of ids. */
import type { Cid, ConversationId, Cursor, Seq, UserId } from "#protocol/ids.ts";
import type { Marks, SendAnswer } from "#protocol/http.ts";
import type { Heads } from "../inbox/append.ts";
import type { StoredMessage } from "./stored.ts";

export interface ConversationFacts {
  users: readonly [UserId, UserId];
  headSeq: Seq;
}

/** An accepted send, to answer its repeats. */
export interface EarlierSend {
  to: UserId;
  /** Null when it is no longer what was sent: edited, or deleted. */
  text: string | null;
  replyTo: Seq | null;
  answer: SendAnswer;
}

export interface Facts {
  heads: Heads;
  /** Conversation of (sender, recipient); none when they are no contacts. */
  conversationOf: Map<string, ConversationId>;
  conversations: Map<ConversationId, ConversationFacts>;
  /** Marks of (conversation, user). */
  marks: Map<string, Marks>;
  /** Sends accepted before, by (sender, cid). */
  earlier: Map<string, EarlierSend>;
  /** Messages that are revised in the batch, by `place(…)`. */
  messages: Map<string, StoredMessage>;
  /** Revisions accepted before, by (user, cid): the cursor of their event in the user's own inbox. */
  revisions: Map<string, Cursor>;
  /** For each user with a `received` in the batch: the newest of their peers' messages that it covers. */
  arrived: Map<UserId, { conversation: ConversationId; cursor: number; seq: Seq }[]>;
}

export function pair(first: UserId | ConversationId, second: UserId | Cid): string {
  return `${first} ${second}`;
}

export function place({ conversation, seq }: { conversation: ConversationId; seq: Seq }): string {
  return `${conversation} ${seq}`;
}
