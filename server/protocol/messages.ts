/** What people write to one another, and what they do to it afterwards: edit, delete, react. */
import type { Cid, ConversationId, Cursor, EpochMs, Seq, UserId } from "./ids.ts";

/** The durable thing a person wrote, as one of its two people sees it. What is absent never happened to it. */
export interface Message {
  conversation: ConversationId;
  seq: Seq;
  cid: Cid;
  from: UserId;
  to: UserId;
  /** Empty once it was deleted, and for whoever has hidden it. */
  text: string;
  sentAt: EpochMs;
  /** The message that this one answers; it may have expired. */
  replyTo?: Seq;
  /** How often it was revised: of two copies, the one with the lower number is older. */
  revision?: number;
  editedAt?: EpochMs;
  /** Deleted for both: this is only where it stood. */
  deletedAt?: EpochMs;
  /** The person who sees it has deleted it for themselves. */
  hidden?: true;
  /** One for each person at most. */
  reactions?: Reaction[];
}

export interface Reaction {
  from: UserId;
  emoji: string;
}

/** What one person does to a message that is there. `cid` makes repeats harmless, like that of a send. */
interface Revising {
  cid: Cid;
  conversation: ConversationId;
  seq: Seq;
}

/** Another text for an own message, within `EDIT_WITHIN_MS` of its sending. */
export interface MessageEdit extends Revising {
  type: "message.edit";
  text: string;
}

/** Takes back an own message, from both; or takes any message out of the own sight, on all own devices. */
export interface MessageDelete extends Revising {
  type: "message.delete";
  for: "both" | "me";
}

/** The own reaction to a message, in place of an earlier one. Null takes it back. */
export interface MessageReact extends Revising {
  type: "message.react";
  emoji: string | null;
}

export type Revision = MessageEdit | MessageDelete | MessageReact;

/** The edit, deletion or reaction is committed. */
export interface Revised {
  type: "revised";
  cid: Cid;
  /** The inbox holds its event at this cursor, or before it. */
  cursor: Cursor;
  /** True when it had been accepted already. */
  duplicate: boolean;
  /** As the message is now. */
  message: Message;
}

/** `by` edited, deleted or reacted to a message. It carries the message as it is now, not what was done. */
export interface RevisedMessage {
  conversation: ConversationId;
  seq: Seq;
  by: UserId;
  /** Null once it has expired. */
  message: Message | null;
}
