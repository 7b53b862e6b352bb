/** What must be known to decide a batch of changes, as the database has it. Keyed by `pair(…)` of ids. */
import type { Cid, ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Marks, SendAnswer } from "#protocol/http.ts";
import type { Heads } from "../inbox/append.ts";
import type { StoredMessage } from "./stored.ts";

export interface ConversationFacts {
  users: readonly [UserId, UserId];
  headSeq: Seq;
  /** Whether the two still are contacts. */
  contacts: boolean;
  /** Who shuts the other out. */
  blocks: Map<UserId, Block>;
  /** Both send read receipts. Known where a mark is decided. */
  sendsReceipts: boolean;
}

/** Nothing that the other wrote after this seq, or did after this moment, is shown to whoever blocks. */
export interface Block {
  after: Seq;
  at: EpochMs;
}

/** A user's marks in a conversation. */
export interface MarkFacts extends Marks {
  /** What the peer knows of them. */
  told: Marks;
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
  /** Conversation of (sender, recipient); none when they never were contacts. */
  conversationOf: Map<string, ConversationId>;
  conversations: Map<ConversationId, ConversationFacts>;
  /** Marks of (conversation, user). */
  marks: Map<string, MarkFacts>;
  /** Sends accepted before, by (sender, cid). */
  earlier: Map<string, EarlierSend>;
  /** Messages that are revised in the batch, by `place(…)`. */
  messages: Map<string, StoredMessage>;
  /** Revisions accepted before, by (user, cid): the cursor of their event in the user's own inbox. */
  revisions: Map<string, Cursor>;
  /** For each user with a `received` in the batch: the newest of their peers' messages that it covers. */
  arrived: Map<UserId, { conversation: ConversationId; cursor: number; seq: Seq }[]>;
}

/** Where nothing is known yet. */
export function noFacts(): Facts {
  return {
    heads: new Map(),
    conversationOf: new Map(),
    conversations: new Map(),
    marks: new Map(),
    earlier: new Map(),
    messages: new Map(),
    revisions: new Map(),
    arrived: new Map(),
  };
}

export function pair(first: UserId | ConversationId, second: UserId | Cid): string {
  return `${first} ${second}`;
}

export function place({ conversation, seq }: { conversation: ConversationId; seq: Seq }): string {
  return `${conversation} ${seq}`;
}
