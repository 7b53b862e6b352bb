/** The SQL of revisions: the messages that they are about, how they are known again, and what is written of both. */
import type { Fragment, Sql, TransactionSql } from "postgres";
import type { Cid, Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import { arrayOf } from "../db/arrays.ts";
import type { Revise } from "./change.ts";
import type { Writes } from "./decide.ts";
import { pair, place } from "./facts.ts";
import { storedColumns } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";

/** The messages that are revised, none older than `since`. True under the locks of both people's heads. */
export async function selectRevised(
  tx: TransactionSql,
  revises: readonly Revise[],
  since: EpochMs,
): Promise<Map<string, StoredMessage>> {
  if (revises.length === 0) return new Map();
  const wanted = [...new Map(revises.map((change) => [place(change), change])).values()];
  const rows = await tx<StoredMessage[]>`
    select ${storedColumns(tx)}
    from unnest(${arrayOf(wanted.map(({ conversation }) => conversation))}::uuid[], ${arrayOf(wanted.map(({ seq }) => seq))}::int8[])
      as wanted (conversation_id, seq)
    join messages m using (conversation_id, seq)
    where m.sent_at > ${since}`;
  return new Map(rows.map((row) => [place(row), row]));
}

/** Revisions accepted before under the same (user, cid), of the same message. */
export async function selectRevisions(
  tx: TransactionSql,
  revises: readonly Revise[],
): Promise<Map<string, Cursor>> {
  if (revises.length === 0) return new Map();
  const rows = await tx<{ user: UserId; cid: Cid; cursor: Cursor }[]>`
    select r.user_id as "user", r.cid, r.cursor
    from unnest(${arrayOf(revises.map(({ conversation }) => conversation))}::uuid[], ${arrayOf(revises.map(({ seq }) => seq))}::int8[],
      ${arrayOf(revises.map(({ user }) => user))}::uuid[], ${arrayOf(revises.map(({ cid }) => cid))}::uuid[])
      as wanted (conversation_id, seq, user_id, cid)
    join revisions r using (conversation_id, seq, user_id, cid)`;
  return new Map(rows.map(({ user, cid, cursor }) => [pair(user, cid), cursor]));
}

/** In place: what a text was before is nowhere afterwards. Parts of one statement, as `writesOf` collects them. */
export function storingRevisions(
  db: Sql | TransactionSql,
  { revised, revisions }: Writes,
  holds: Fragment,
): Fragment[] {
  const messages = [...revised.values()];
  return [
    db`noted as (
      insert into revisions (conversation_id, seq, sent_at, user_id, cid, cursor)
      select * from unnest(${arrayOf(revisions.map((r) => r.conversation))}::uuid[], ${arrayOf(revisions.map((r) => r.seq))}::int8[],
        ${revisions.map((r) => r.sentAt)}::timestamptz[], ${arrayOf(revisions.map((r) => r.user))}::uuid[],
        ${arrayOf(revisions.map((r) => r.cid))}::uuid[], ${arrayOf(revisions.map((r) => r.cursor))}::int8[]) where ${holds}
    )`,
    db`revised as (
      update messages m set body = v.body, reply_to = v.reply_to, revision = v.revision, edited_at = v.edited_at,
        deleted_at = v.deleted_at, sender_reaction = v.sender_reaction, recipient_reaction = v.recipient_reaction,
        hidden_from_sender = v.hidden_from_sender, hidden_from_recipient = v.hidden_from_recipient
      from unnest(${arrayOf(messages.map((m) => m.conversation))}::uuid[], ${arrayOf(messages.map((m) => m.seq))}::int8[],
        ${messages.map((m) => m.sentAt)}::timestamptz[], ${messages.map((m) => m.text)}::text[],
        ${arrayOf(messages.map((m) => m.replyTo))}::int8[], ${arrayOf(messages.map((m) => m.revision))}::int4[],
        ${messages.map((m) => m.editedAt)}::timestamptz[], ${messages.map((m) => m.deletedAt)}::timestamptz[],
        ${messages.map((m) => m.senderReaction)}::text[], ${messages.map((m) => m.recipientReaction)}::text[],
        ${arrayOf(messages.map((m) => m.hiddenFromSender))}::boolean[], ${arrayOf(messages.map((m) => m.hiddenFromRecipient))}::boolean[])
        as v (conversation_id, seq, sent_at, body, reply_to, revision, edited_at, deleted_at, sender_reaction,
          recipient_reaction, hidden_from_sender, hidden_from_recipient)
      where m.conversation_id = v.conversation_id and m.seq = v.seq and m.sent_at = v.sent_at and ${holds}
    )`,
  ];
}
