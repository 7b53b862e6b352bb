/** A message as its row has it, and as one of its two people sees it. */
import type { Sql, TransactionSql } from "postgres";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";

export interface StoredMessage {
  conversation: ConversationId;
  seq: Seq;
  cid: Cid;
  from: UserId;
  to: UserId;
  text: string;
  sentAt: EpochMs;
  replyTo: Seq | null;
  /** How often it was revised; null for never. */
  revision: number | null;
  editedAt: EpochMs | null;
  deletedAt: EpochMs | null;
  senderReaction: string | null;
  recipientReaction: string | null;
  hiddenFromSender: boolean | null;
  hiddenFromRecipient: boolean | null;
}

/** The columns of `StoredMessage`, of a row of `messages` that the query calls `m`. */
export function storedColumns(db: Sql | TransactionSql) {
  return db`m.conversation_id as conversation, m.seq, m.cid, m.sender_id as "from", m.recipient_id as "to", m.body as text,
    m.sent_at as "sentAt", m.reply_to as "replyTo", m.revision, m.edited_at as "editedAt", m.deleted_at as "deletedAt",
    m.sender_reaction as "senderReaction", m.recipient_reaction as "recipientReaction",
    m.hidden_from_sender as "hiddenFromSender", m.hidden_from_recipient as "hiddenFromRecipient"`;
}

export function isHiddenFrom(stored: StoredMessage, user: UserId): boolean {
  return (stored.from === user ? stored.hiddenFromSender : stored.hiddenFromRecipient) === true;
}

/**
 * `blocksAt`: since when the user shuts the other out, null for not at all. What the other has said since by editing or reacting
 * is not for the user to see; that they took something back is.
 */
export function seenBy(stored: StoredMessage, user: UserId, blocksAt: EpochMs | null): Message {
  const { conversation, seq, cid, from, to, text, sentAt, revision, editedAt } = stored;
  const message: Message = { conversation, seq, cid, from, to, text, sentAt };
  if (stored.replyTo !== null) message.replyTo = stored.replyTo;
  if (revision === null) return message;
  message.revision = revision;
  const editedSince = blocksAt !== null && from !== user && editedAt !== null && editedAt >= blocksAt;
  if (isHiddenFrom(stored, user) || editedSince) {
    const { replyTo: _, ...place } = message;
    return { ...place, text: "", hidden: true };
  }
  if (editedAt !== null) message.editedAt = editedAt;
  if (stored.deletedAt !== null) message.deletedAt = stored.deletedAt;
  const reactions = [
    { from, emoji: stored.senderReaction },
    { from: to, emoji: stored.recipientReaction },
  ].flatMap(({ from, emoji }) => {
    const shown = emoji !== null && (blocksAt === null || from === user);
    return shown ? [{ from, emoji }] : [];
  });
  if (reactions.length > 0) message.reactions = reactions;
  return message;
}
