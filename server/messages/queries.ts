/** The SQL of a batch: what is read to decide it, what is written once decided. */
import type { TransactionSql } from "postgres";
import type { Cid, ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { lockHeads } from "../inbox/append.ts";
import type { Change, Read, Received, Send } from "./change.ts";
import type { Decision } from "./decide.ts";
import { pair } from "./facts.ts";
import type { EarlierSend, Facts } from "./facts.ts";

/**
 * Reads what the batch is about, then locks the heads of every inbox it may grow, then reads what only the lock keeps
 * true. Three pipelined round trips for any number of changes.
 */
export async function readFacts(tx: TransactionSql, changes: readonly Change[]): Promise<Facts> {
  const sends = changes.filter((change): change is Send => change.kind === "send");
  const received = changes.filter((change): change is Received => change.kind === "received");
  const reads = changes.filter((change): change is Read => change.kind === "read");

  const [related, arrivals] = await Promise.all([selectRelated(tx, sends), selectArrived(tx, received)]);
  const ids = new Set([
    ...related.map((row) => row.conversation),
    ...arrivals.map((row) => row.conversation),
    ...reads.map((read) => read.conversation),
  ]);
  const members = await selectMembers(tx, ids);
  const users = [...changes.map((change) => change.user), ...members.flatMap((row) => [row.low, row.high])];

  const [heads, earlier, headSeqs, marks] = await Promise.all([
    lockHeads(tx, users),
    selectEarlier(tx, sends),
    tx<{ id: ConversationId; headSeq: Seq }[]>`
      select id, head_seq as "headSeq" from conversations where id = any(${[...ids]}::uuid[])`,
    tx<{ conversation: ConversationId; user: UserId; delivered: Seq; read: Seq }[]>`
      select conversation_id as conversation, user_id as "user", delivered, read from marks
      where conversation_id = any(${[...ids]}::uuid[])`,
  ]);
  const headSeqOf = new Map(headSeqs.map((row) => [row.id, row.headSeq]));
  return {
    heads,
    earlier,
    conversationOf: new Map(related.map((row) => [pair(row.user, row.contact), row.conversation])),
    conversations: new Map(
      members.map(({ id, low, high }) => [id, { users: [low, high], headSeq: headSeqOf.get(id) ?? 0 }]),
    ),
    marks: new Map(
      marks.map(({ conversation, user, delivered, read }) => [pair(conversation, user), { delivered, read }]),
    ),
    arrived: Map.groupBy(arrivals, (row) => row.user),
  };
}

function selectRelated(tx: TransactionSql, sends: readonly Send[]) {
  return tx<{ user: UserId; contact: UserId; conversation: ConversationId }[]>`
    select user_id as "user", contact_id as contact, conversation_id as conversation
    from contacts
    join (select distinct * from unnest(${sends.map((send) => send.user)}::uuid[], ${sends.map((send) => send.to)}::uuid[]))
      as wanted (user_id, contact_id) using (user_id, contact_id)`;
}

/** Peers' messages that became delivered. Rows up to a received cursor are committed, so no lock is needed to read them. */
function selectArrived(tx: TransactionSql, received: readonly Received[]) {
  const furthest = new Map<UserId, Cursor>();
  for (const { user, cursor } of received) furthest.set(user, Math.max(cursor, furthest.get(user) ?? 0));
  return tx<{ user: UserId; conversation: ConversationId; cursor: Cursor; seq: Seq }[]>`
    select i.user_id as "user", i.conversation_id as conversation, i.cursor, i.seq
    from unnest(${[...furthest.keys()]}::uuid[], ${[...furthest.values()]}::int8[]) as got (user_id, cursor)
    join inbox_heads h on h.user_id = got.user_id
    join inbox i on i.user_id = got.user_id and i.cursor > h.received and i.cursor <= got.cursor
    where i.kind = 'message' and i.subject_id <> i.user_id
    order by i.cursor`;
}

function selectMembers(tx: TransactionSql, ids: Set<ConversationId>) {
  return tx<{ id: ConversationId; low: UserId; high: UserId }[]>`
    select id, low_user as low, high_user as high from conversations where id = any(${[...ids]}::uuid[])`;
}

/** Sends accepted before under the same (sender, cid). Safe under the lock of the senders' heads. */
async function selectEarlier(tx: TransactionSql, sends: readonly Send[]): Promise<Map<string, EarlierSend>> {
  interface Row {
    user: UserId;
    cid: Cid;
    to: UserId;
    text: string;
    conversation: ConversationId;
    seq: Seq;
    sentAt: EpochMs;
    cursor: Cursor;
  }
  const rows = await tx<Row[]>`
    select m.sender_id as "user", m.cid, m.recipient_id as "to", m.body as text, m.conversation_id as conversation,
      m.seq, m.sent_at as "sentAt", m.sender_cursor as cursor
    from unnest(${sends.map((send) => send.user)}::uuid[], ${sends.map((send) => send.cid)}::uuid[]) as s (user_id, cid)
    join messages m on m.sender_id = s.user_id and m.cid = s.cid`;
  return new Map(
    rows.map(({ user, cid, to, text, conversation, seq, sentAt, cursor }) => [
      pair(user, cid),
      { to, text, answer: { cid, conversation, seq, sentAt, cursor, duplicate: false } },
    ]),
  );
}

/** Writes what was decided about messages, conversations and marks. The inbox rows are `storeRows`' part. */
export async function storeDecision(tx: TransactionSql, decision: Decision, facts: Facts): Promise<void> {
  const { messages } = decision;
  const grown = [...decision.grown];
  const marked = [...decision.marked.values()];
  const writes: Promise<unknown>[] = [];
  if (messages.length > 0) {
    writes.push(
      tx`insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor)
        select * from unnest(${messages.map((m) => m.conversation)}::uuid[], ${messages.map((m) => m.seq)}::int8[],
          ${messages.map((m) => m.from)}::uuid[], ${messages.map((m) => m.to)}::uuid[],
          ${messages.map((m) => m.cid)}::uuid[], ${messages.map((m) => m.text)}::text[],
          ${messages.map((m) => m.sentAt)}::timestamptz[], ${messages.map((m) => m.senderCursor)}::int8[])`,
      tx`update conversations c set head_seq = v.head_seq
        from unnest(${grown}::uuid[], ${grown.map((id) => facts.conversations.get(id)?.headSeq ?? 0)}::int8[])
          as v (id, head_seq) where c.id = v.id`,
    );
  }
  if (marked.length > 0) {
    writes.push(
      tx`update marks m set delivered = v.delivered, read = v.read
        from unnest(${marked.map((m) => m.conversation)}::uuid[], ${marked.map((m) => m.user)}::uuid[],
          ${marked.map((m) => m.marks.delivered)}::int8[], ${marked.map((m) => m.marks.read)}::int8[])
          as v (conversation_id, user_id, delivered, read)
        where m.conversation_id = v.conversation_id and m.user_id = v.user_id`,
    );
  }
  await Promise.all(writes);
}

/** The moment from which rows may still be shown. */
export function retainedSince(now: EpochMs): EpochMs {
  return now - RETENTION_MS;
}
