/** The SQL of a batch: what is read to decide it, what is written once decided. */
import type { TransactionSql } from "postgres";
import type { Cid, ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Marks } from "#protocol/http.ts";
import { lockHeads } from "../inbox/append.ts";
import type { Heads } from "../inbox/append.ts";
import type { Change, Read, Received, Send } from "./change.ts";
import type { Decision } from "./decide.ts";
import { pair } from "./facts.ts";
import type { EarlierSend, Facts } from "./facts.ts";

/** No two instances' clocks are further apart. */
const CLOCKS_APART_MS = 24 * 60 * 60 * 1_000;

/**
 * Reads what the batch is about, then locks the heads of every inbox it may grow, then reads what only the lock keeps
 * true. Two pipelined round trips for any number of changes, and no statement for what the batch has none of.
 */
export async function readFacts(
  tx: TransactionSql,
  changes: readonly Change[],
  now: EpochMs,
): Promise<Facts> {
  const sends = changes.filter((change): change is Send => change.kind === "send");
  const received = changes.filter((change): change is Received => change.kind === "received");
  const reads = changes.filter((change): change is Read => change.kind === "read");

  const [related, arrivals, readFrom] = await Promise.all([
    sends.length === 0 ? [] : selectRelated(tx, sends),
    received.length === 0 ? [] : selectArrived(tx, received, now),
    reads.length === 0 ? [] : selectMembers(tx, reads),
  ]);
  const members = membersOf({ related, arrivals, readFrom });
  const users = [...changes.map((change) => change.user), ...[...members.values()].flat()];
  const numbered = [...related.map((row) => row.conversation), ...readFrom.map((row) => row.conversation)];
  const marked = [...arrivals.map((row) => row.conversation), ...readFrom.map((row) => row.conversation)];

  const [heads, headSeqs, marks] = await Promise.all([
    lockHeads(tx, users),
    numbered.length === 0 ? [] : selectHeadSeqs(tx, numbered),
    marked.length === 0 ? [] : selectMarks(tx, marked),
  ]);
  const headSeqOf = new Map(headSeqs.map((row) => [row.conversation, row.headSeq]));
  return {
    heads,
    earlier: await selectEarlier(tx, sends.filter(mayBeRepeated(heads))),
    conversationOf: new Map(related.map((row) => [pair(row.user, row.contact), row.conversation])),
    conversations: new Map(
      [...members].map(([conversation, users]) => [
        conversation,
        { users, headSeq: headSeqOf.get(conversation) ?? 0 },
      ]),
    ),
    marks: new Map(
      marks.map(({ conversation, user, delivered, read }) => [pair(conversation, user), { delivered, read }]),
    ),
    arrived: Map.groupBy(arrivals, (row) => row.user),
  };
}

/** A cid above all that were ever accepted from its sender is new. True under the lock of the sender's head. */
function mayBeRepeated(heads: Heads) {
  return function isNotNew({ user, cid }: Send): boolean {
    const newest = heads.get(user)?.newestCid;
    return newest !== undefined && cid <= newest;
  };
}

interface Related {
  user: UserId;
  contact: UserId;
  conversation: ConversationId;
}

interface Arrival {
  user: UserId;
  from: UserId;
  conversation: ConversationId;
  cursor: Cursor;
  seq: Seq;
}

interface Members {
  conversation: ConversationId;
  low: UserId;
  high: UserId;
}

/** The pair of each conversation that the batch is about. */
function membersOf(found: {
  related: readonly Related[];
  arrivals: readonly Arrival[];
  readFrom: readonly Members[];
}): Map<ConversationId, readonly [UserId, UserId]> {
  return new Map([
    ...found.related.map(({ conversation, user, contact }) => [conversation, [user, contact]] as const),
    ...found.arrivals.map(({ conversation, user, from }) => [conversation, [user, from]] as const),
    ...found.readFrom.map(({ conversation, low, high }) => [conversation, [low, high]] as const),
  ]);
}

async function selectRelated(tx: TransactionSql, sends: readonly Send[]): Promise<Related[]> {
  const wanted = new Map(sends.map((send) => [pair(send.user, send.to), send]));
  const [users, contacts] = [
    [...wanted.values()].map(({ user }) => user),
    [...wanted.values()].map(({ to }) => to),
  ];
  return tx<Related[]>`
    select c.user_id as "user", c.contact_id as contact, c.conversation_id as conversation
    from unnest(${users}::uuid[], ${contacts}::uuid[]) as wanted (user_id, contact_id)
    join contacts c using (user_id, contact_id)`;
}

/**
 * Peers' messages that became delivered. Rows up to a received cursor are committed, so no lock is needed to read them. The
 * bounds of time leave out the days that were not yet and those that are no more.
 */
async function selectArrived(
  tx: TransactionSql,
  received: readonly Received[],
  now: EpochMs,
): Promise<Arrival[]> {
  const furthest = new Map<UserId, Cursor>();
  for (const { user, cursor } of received) furthest.set(user, Math.max(cursor, furthest.get(user) ?? 0));
  return tx<Arrival[]>`
    select i.user_id as "user", i.subject_id as "from", i.conversation_id as conversation, i.cursor, i.seq
    from unnest(${[...furthest.keys()]}::uuid[], ${[...furthest.values()]}::int8[]) as got (user_id, cursor)
    join inbox_heads h on h.user_id = got.user_id
    join inbox i on i.user_id = got.user_id and i.cursor > h.received and i.cursor <= got.cursor
    where i.kind = 'message' and i.subject_id <> i.user_id
      and i.at > ${retainedSince(now)} and i.at < ${now + CLOCKS_APART_MS}
    order by i.cursor`;
}

async function selectMembers(tx: TransactionSql, reads: readonly Read[]): Promise<Members[]> {
  return tx<Members[]>`
    select id as conversation, low_user as low, high_user as high from conversations
    where id = any(${uniqueOf(reads.map((read) => read.conversation))}::uuid[])`;
}

async function selectHeadSeqs(
  tx: TransactionSql,
  conversations: ConversationId[],
): Promise<{ conversation: ConversationId; headSeq: Seq }[]> {
  return tx<{ conversation: ConversationId; headSeq: Seq }[]>`
    select id as conversation, head_seq as "headSeq" from conversations
    where id = any(${uniqueOf(conversations)}::uuid[])`;
}

async function selectMarks(
  tx: TransactionSql,
  conversations: ConversationId[],
): Promise<(Marks & { conversation: ConversationId; user: UserId })[]> {
  return tx<(Marks & { conversation: ConversationId; user: UserId })[]>`
    select conversation_id as conversation, user_id as "user", delivered, read from marks
    where conversation_id = any(${uniqueOf(conversations)}::uuid[])`;
}

function uniqueOf<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}

/** Sends accepted before under the same (sender, cid). Safe under the lock of the senders' heads. */
async function selectEarlier(tx: TransactionSql, sends: readonly Send[]): Promise<Map<string, EarlierSend>> {
  if (sends.length === 0) return new Map();
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
export async function storeDecision(
  tx: TransactionSql,
  decision: Decision,
  { facts, at }: { facts: Facts; at: EpochMs },
): Promise<void> {
  await Promise.all([
    decision.messages.length === 0 ? null : storeMessages(tx, decision, { facts, at }),
    decision.marked.size === 0 ? null : storeMarks(tx, [...decision.marked.values()]),
  ]);
}

function storeMessages(
  tx: TransactionSql,
  { messages, grown }: Decision,
  { facts, at }: { facts: Facts; at: EpochMs },
) {
  const headSeqs = [...grown].map((id) => facts.conversations.get(id)?.headSeq ?? 0);
  return tx`
    with numbered as (
      update conversations c set head_seq = v.head_seq
      from unnest(${[...grown]}::uuid[], ${headSeqs}::int8[]) as v (id, head_seq) where c.id = v.id
    )
    insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor)
    select conversation_id, seq, sender_id, recipient_id, cid, body, ${at}::timestamptz, sender_cursor
    from unnest(${messages.map((m) => m.conversation)}::uuid[], ${messages.map((m) => m.seq)}::int8[],
      ${messages.map((m) => m.from)}::uuid[], ${messages.map((m) => m.to)}::uuid[],
      ${messages.map((m) => m.cid)}::uuid[], ${messages.map((m) => m.text)}::text[],
      ${messages.map((m) => m.senderCursor)}::int8[])
      as v (conversation_id, seq, sender_id, recipient_id, cid, body, sender_cursor)`;
}

function storeMarks(
  tx: TransactionSql,
  marked: { conversation: ConversationId; user: UserId; marks: Marks }[],
) {
  return tx`
    update marks m set delivered = v.delivered, read = v.read
    from unnest(${marked.map((m) => m.conversation)}::uuid[], ${marked.map((m) => m.user)}::uuid[],
      ${marked.map((m) => m.marks.delivered)}::int8[], ${marked.map((m) => m.marks.read)}::int8[])
      as v (conversation_id, user_id, delivered, read)
    where m.conversation_id = v.conversation_id and m.user_id = v.user_id`;
}

/** The moment from which rows may still be shown. */
export function retainedSince(now: EpochMs): EpochMs {
  return now - RETENTION_MS;
}
