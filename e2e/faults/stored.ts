/** A message as Postgres has it, and what each of its two people must have of it. */
import type { TransactionSql } from "postgres";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";

export interface ServerMessage {
  conversation: ConversationId;
  seq: Seq;
  from: UserId;
  to: UserId;
  cid: Cid;
  text: string;
  /** How often it was edited, deleted, hidden or reacted to. Who does not hear of all that counts fewer. */
  revision: number;
  editedAt: EpochMs | null;
  deletedAt: EpochMs | null;
  senderReaction: string | null;
  recipientReaction: string | null;
  hiddenFromSender: boolean;
  hiddenFromRecipient: boolean;
}

/** Texts differ long before that. */
const TEXT_SHOWN = 60;

export function readMessages(tx: TransactionSql): Promise<ServerMessage[]> {
  return tx<ServerMessage[]>`
    select conversation_id as conversation, seq::float8, sender_id as "from", recipient_id as "to", cid, body as text,
      coalesce(revision, 0) as revision, ${msOf(tx, "edited_at")} as "editedAt", ${msOf(tx, "deleted_at")} as "deletedAt",
      sender_reaction as "senderReaction", recipient_reaction as "recipientReaction",
      coalesce(hidden_from_sender, false) as "hiddenFromSender",
      coalesce(hidden_from_recipient, false) as "hiddenFromRecipient"
    from messages order by conversation_id, seq`;
}

function msOf(tx: TransactionSql, column: string) {
  return tx`round(extract(epoch from ${tx(column)}) * 1000)::float8`;
}

/** One line that two copies of a message differ in, if in anything: what `user` must have. */
export function lineFor(user: UserId, message: ServerMessage): string {
  const { from, to, senderReaction, recipientReaction } = message;
  const hidden = from === user ? message.hiddenFromSender : message.hiddenFromRecipient;
  if (hidden) return line({ ...message, text: "", editedAt: null, deletedAt: null, hidden, reactions: [] });
  const reactions = [
    { from, emoji: senderReaction },
    { from: to, emoji: recipientReaction },
  ].flatMap(({ from, emoji }) => (emoji === null ? [] : [{ from, emoji }]));
  return line({ ...message, hidden, reactions });
}

/** The same of what a device holds. */
export function lineOf(message: Message): string {
  const { editedAt = null, deletedAt = null, hidden = false, reactions = [] } = message;
  return line({ ...message, editedAt, deletedAt, hidden, reactions });
}

function line(of: {
  seq: Seq;
  from: UserId;
  cid: Cid;
  text: string;
  editedAt: EpochMs | null;
  deletedAt: EpochMs | null;
  hidden: boolean;
  reactions: { from: UserId; emoji: string }[];
}): string {
  const { seq, from, cid, text, editedAt, deletedAt, hidden } = of;
  const reactions = of.reactions.map(({ from, emoji }) => `${from} ${emoji}`).toSorted();
  const became = [
    editedAt === null ? [] : `edited ${editedAt}`,
    deletedAt === null ? [] : `deleted ${deletedAt}`,
    hidden ? "hidden" : [],
    reactions,
  ].flat(2);
  return [seq, from, cid, ...became, text.slice(0, TEXT_SHOWN)].join(" ");
}
