/** The SQL of a batch: what is read to decide it, what is written once decided. */
import type { TransactionSql } from "postgres";
import type { ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Marks } from "#protocol/http.ts";
import { arrayOf } from "../db/arrays.ts";
import { lockHeads } from "../inbox/append.ts";
import type { Change, Read, Received, Revise, Send } from "./change.ts";
import type { Decision } from "./decide.ts";
import { selectEarlier } from "./earlier.ts";
import { pair } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { selectRevised, selectRevisions, storeRevisions } from "./revisions.ts";

/** No two instances' clocks are further apart. */
const CLOCKS_APART_MS = 24 * 60 * 60 * 1_000;

/**
 * Reads whom the batch is about, then locks the heads of every inbox it may grow, then reads what only the lock keeps true.
 * One pipelined round trip for sends, two with marks or revisions, and no statement for what the batch has none of.
 */
export async function readFacts(
  tx: TransactionSql,
  changes: readonly Change[],
  now: EpochMs,
): Promise<Facts> {
  const sends = changes.filter((change): change is Send => change.kind === "send");
  const received = changes.filter((change): change is Received => change.kind === "received");
  const reads = changes.filter((change): change is Read => change.kind === "read");
  const revises = changes.filter((change): change is Revise => change.kind === "revise");

  const [arrivals, members] =
    sends.length === changes.length
      ? [[], []]
      : await Promise.all([selectArrived(tx, received, now), selectMembers(tx, [...reads, ...revises])]);
  const users = [
    ...changes.map((change) => change.user),
    ...sends.map((send) => send.to),
    ...arrivals.map((arrival) => arrival.from),
    ...members.flatMap(({ low, high }) => [low, high]),
  ];
  const readFrom = membersOf(reads, members);
  const marked = uniqueOf([...arrivals, ...readFrom].map((row) => row.conversation));
  const [heads, related, headSeqs, marks, messages, revisions] = await Promise.all([
    lockHeads(tx, users),
    selectRelated(tx, [...sends, ...bothWays(membersOf(revises, members))]),
    selectHeadSeqs(tx, readFrom),
    selectMarks(tx, marked),
    selectRevised(tx, revises, retainedSince(now)),
    selectRevisions(tx, revises),
  ]);
  return {
    heads,
    messages,
    revisions,
    earlier: await selectEarlier(tx, sends, heads),
    conversationOf: new Map(related.map((row) => [pair(row.user, row.contact), row.conversation])),
    conversations: conversationsOf({ related, arrivals, members, headSeqs }),
    marks: new Map(
      marks.map(({ conversation, user, delivered, read }) => [pair(conversation, user), { delivered, read }]),
    ),
    arrived: Map.groupBy(arrivals, (row) => row.user),
  };
}

interface Related {
  user: UserId;
  contact: UserId;
  conversation: ConversationId;
  headSeq: Seq;
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

/** The conversations that the batch is about. Where nothing is sent or read, the newest seq is not asked for. */
function conversationsOf(found: {
  related: readonly Related[];
  arrivals: readonly Arrival[];
  members: readonly Members[];
  headSeqs: readonly { conversation: ConversationId; headSeq: Seq }[];
}): Facts["conversations"] {
  const { related, arrivals, members, headSeqs } = found;
  const headSeqOf = new Map([...headSeqs, ...related].map((row) => [row.conversation, row.headSeq]));
  const pairs = [
    ...related.map(({ conversation, user, contact }) => [conversation, [user, contact]] as const),
    ...arrivals.map(({ conversation, user, from }) => [conversation, [user, from]] as const),
    ...members.map(({ conversation, low, high }) => [conversation, [low, high]] as const),
  ];
  return new Map(pairs.map(([id, users]) => [id, { users, headSeq: headSeqOf.get(id) ?? 0 }]));
}

/** Those of the conversations that these changes are about. */
function membersOf(changes: readonly (Read | Revise)[], members: readonly Members[]): Members[] {
  const wanted = new Set(changes.map((change) => change.conversation));
  return members.filter(({ conversation }) => wanted.has(conversation));
}

function bothWays(members: readonly Members[]): Pick<Send, "user" | "to">[] {
  return members.flatMap(({ low, high }) => [
    { user: low, to: high },
    { user: high, to: low },
  ]);
}

async function selectRelated(
  tx: TransactionSql,
  pairs: readonly Pick<Send, "user" | "to">[],
): Promise<Related[]> {
  if (pairs.length === 0) return [];
  const wanted = [...new Map(pairs.map((one) => [pair(one.user, one.to), one])).values()];
  return tx<Related[]>`
    select k.user_id as "user", k.contact_id as contact, k.conversation_id as conversation, c.head_seq as "headSeq"
    from unnest(${arrayOf(wanted.map(({ user }) => user))}::uuid[], ${arrayOf(wanted.map(({ to }) => to))}::uuid[])
      as wanted (user_id, contact_id)
    join contacts k using (user_id, contact_id)
    join conversations c on c.id = k.conversation_id`;
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
  if (received.length === 0) return [];
  const furthest = new Map<UserId, Cursor>();
  for (const { user, cursor } of received) furthest.set(user, Math.max(cursor, furthest.get(user) ?? 0));
  return tx<Arrival[]>`
    select i.user_id as "user", i.subject_id as "from", i.conversation_id as conversation, i.cursor, i.seq
    from unnest(${arrayOf([...furthest.keys()])}::uuid[], ${arrayOf([...furthest.values()])}::int8[])
      as got (user_id, cursor)
    join inbox_heads h on h.user_id = got.user_id
    cross join lateral (
      select * from inbox where user_id = got.user_id and cursor > h.received and cursor <= got.cursor
        and kind = 'message' and subject_id <> user_id
        and at > ${retainedSince(now)} and at < ${now + CLOCKS_APART_MS}
      order by cursor
    ) i
    order by i.cursor`;
}

async function selectMembers(tx: TransactionSql, changes: readonly (Read | Revise)[]): Promise<Members[]> {
  if (changes.length === 0) return [];
  return tx<Members[]>`
    select id as conversation, low_user as low, high_user as high from conversations
    where id = any(${arrayOf(uniqueOf(changes.map((change) => change.conversation)))}::uuid[])`;
}

async function selectHeadSeqs(
  tx: TransactionSql,
  readFrom: readonly Members[],
): Promise<{ conversation: ConversationId; headSeq: Seq }[]> {
  if (readFrom.length === 0) return [];
  return tx<{ conversation: ConversationId; headSeq: Seq }[]>`
    select id as conversation, head_seq as "headSeq" from conversations
    where id = any(${arrayOf(readFrom.map((row) => row.conversation))}::uuid[])`;
}

async function selectMarks(
  tx: TransactionSql,
  conversations: ConversationId[],
): Promise<(Marks & { conversation: ConversationId; user: UserId })[]> {
  if (conversations.length === 0) return [];
  return tx<(Marks & { conversation: ConversationId; user: UserId })[]>`
    select conversation_id as conversation, user_id as "user", delivered, read from marks
    where conversation_id = any(${arrayOf(conversations)}::uuid[])`;
}

function uniqueOf<T>(list: readonly T[]): T[] {
  return [...new Set(list)];
}

/** Writes what was decided about messages, revisions, conversations and marks. The inbox rows are `storeRows`' part. */
export async function storeDecision(
  tx: TransactionSql,
  decision: Decision,
  { facts, at }: { facts: Facts; at: EpochMs },
): Promise<void> {
  await Promise.all([
    decision.messages.length === 0 ? null : storeMessages(tx, decision, { facts, at }),
    decision.marked.size === 0 ? null : storeMarks(tx, [...decision.marked.values()]),
    decision.revised.size === 0 ? null : storeRevisions(tx, decision),
  ]);
}

function storeMessages(
  tx: TransactionSql,
  { messages, grown }: Decision,
  { facts, at }: { facts: Facts; at: EpochMs },
) {
  const headSeqs = [...grown].map((id) => facts.conversations.get(id)?.headSeq ?? 0);
  // An array that is shorter than the others goes on with nulls: where nobody replies, it is none.
  const replies = messages.some(({ replyTo }) => replyTo !== undefined) ? messages : [];
  return tx`
    with numbered as (
      update conversations c set head_seq = v.head_seq
      from unnest(${arrayOf([...grown])}::uuid[], ${arrayOf(headSeqs)}::int8[]) as v (id, head_seq) where c.id = v.id
    )
    insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor, reply_to)
    select conversation_id, seq, sender_id, recipient_id, cid, body, ${at}::timestamptz, sender_cursor, reply_to
    from unnest(${arrayOf(messages.map((m) => m.conversation))}::uuid[], ${arrayOf(messages.map((m) => m.seq))}::int8[],
      ${arrayOf(messages.map((m) => m.from))}::uuid[], ${arrayOf(messages.map((m) => m.to))}::uuid[],
      ${arrayOf(messages.map((m) => m.cid))}::uuid[], ${messages.map((m) => m.text)}::text[],
      ${arrayOf(messages.map((m) => m.senderCursor))}::int8[], ${arrayOf(replies.map((m) => m.replyTo ?? null))}::int8[])
      as v (conversation_id, seq, sender_id, recipient_id, cid, body, sender_cursor, reply_to)`;
}

function storeMarks(
  tx: TransactionSql,
  marked: { conversation: ConversationId; user: UserId; marks: Marks }[],
) {
  return tx`
    update marks m set delivered = v.delivered, read = v.read
    from unnest(${arrayOf(marked.map((m) => m.conversation))}::uuid[], ${arrayOf(marked.map((m) => m.user))}::uuid[],
      ${arrayOf(marked.map((m) => m.marks.delivered))}::int8[], ${arrayOf(marked.map((m) => m.marks.read))}::int8[])
      as v (conversation_id, user_id, delivered, read)
    where m.conversation_id = v.conversation_id and m.user_id = v.user_id`;
}

/** The moment from which rows may still be shown. */
export function retainedSince(now: EpochMs): EpochMs {
  return now - RETENTION_MS;
}
