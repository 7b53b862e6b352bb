/** Knowing a send again. */
import type { TransactionSql } from "postgres";
import type { Cid, ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { arrayOf } from "../db/arrays.ts";
import type { Heads } from "../inbox/append.ts";
import type { Send } from "./change.ts";
import { pair } from "./facts.ts";
import type { EarlierSend } from "./facts.ts";

/** Sends accepted before under the same (sender, cid). Safe under the lock of the senders' heads. */
export async function selectEarlier(
  tx: TransactionSql,
  all: readonly Send[],
  heads: Heads,
): Promise<Map<string, EarlierSend>> {
  const sends = all.filter(mayBeRepeated(heads));
  if (sends.length === 0) return new Map();
  interface Row {
    user: UserId;
    cid: Cid;
    to: UserId;
    text: string | null;
    replyTo: Seq | null;
    conversation: ConversationId;
    seq: Seq;
    sentAt: EpochMs;
    cursor: Cursor;
  }
  const rows = await tx<Row[]>`
    select m.sender_id as "user", m.cid, m.recipient_id as "to", m.conversation_id as conversation, m.seq,
      case when m.edited_at is null and m.deleted_at is null then m.body end as text, m.reply_to as "replyTo",
      m.sent_at as "sentAt", m.sender_cursor as cursor
    from unnest(${arrayOf(sends.map((send) => send.user))}::uuid[], ${arrayOf(sends.map((send) => send.cid))}::uuid[])
      as s (user_id, cid)
    join messages m on m.sender_id = s.user_id and m.cid = s.cid`;
  return new Map(
    rows.map(({ user, cid, to, text, replyTo, conversation, seq, sentAt, cursor }) => [
      pair(user, cid),
      { to, text, replyTo, answer: { cid, conversation, seq, sentAt, cursor, duplicate: false } },
    ]),
  );
}

/** A cid above all that were ever accepted from its sender is new. True under the lock of the sender's head. */
function mayBeRepeated(heads: Heads) {
  return function isNotNew({ user, cid }: Send): boolean {
    const newest = heads.get(user)?.newestCid;
    return newest !== undefined && cid <= newest;
  };
}
