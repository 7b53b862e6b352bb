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
import type { Block, ConversationFacts, Facts, MarkFacts } from "./facts.ts";
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
  const marked = uniqueOf([...arrivals, ...reads].map((one) => one.conversation));
  const [heads, related, talks, marks, messages, revisions] = await Promise.all([
    lockHeads(tx, users),
    selectRelated(tx, sends),
    selectTalks(tx, uniqueOf([...marked, ...revises.map((change) => change.conversation)])),
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
    conversations: new Map([...related, ...talks].map((talk) => [talk.conversation, factsOf(talk)])),
    marks: new Map(
      marks.map(({ conversation, user, delivered, read, toldDelivered, toldRead }) => [
        pair(conversation, user),
        { delivered, read, told: { delivered: toldDelivered, read: toldRead } },
      ]),
    ),
    arrived: Map.groupBy(arrivals, (row) => row.user),
  };
}

/** A conversation, and how its two stand. */
interface Talk {
  conversation: ConversationId;
  low: UserId;
  high: UserId;
  headSeq: Seq;
  contacts: boolean;
  lowBlocksAfter: Seq | null;
  lowBlocksAt: EpochMs | null;
  highBlocksAfter: Seq | null;
  highBlocksAt: EpochMs | null;
  sendsReceipts: boolean;
}

interface Related extends Talk {
  user: UserId;
  contact: UserId;
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

function factsOf(talk: Talk): ConversationFacts {
  const { low, high, headSeq, contacts, sendsReceipts } = talk;
  const blocks = new Map<UserId, Block>();
  const { lowBlocksAfter, lowBlocksAt, highBlocksAfter, highBlocksAt } = talk;
  if (lowBlocksAfter !== null) blocks.set(low, { after: lowBlocksAfter, at: lowBlocksAt ?? 0 });
  if (highBlocksAfter !== null) blocks.set(high, { after: highBlocksAfter, at: highBlocksAt ?? 0 });
  return { users: [low, high], headSeq, contacts, blocks, sendsReceipts };
}

function talkColumns(tx: TransactionSql) {
  return tx`c.id as conversation, c.low_user as low, c.high_user as high, c.head_seq as "headSeq",
    c.ended_at is null as contacts, c.low_blocks_after as "lowBlocksAfter", c.low_blocks_at as "lowBlocksAt",
    c.high_blocks_after as "highBlocksAfter", c.high_blocks_at as "highBlocksAt"`;
}

/** The conversations that are sent into. Whether read receipts are sent in them is not asked for: a send does not care. */
async function selectRelated(tx: TransactionSql, sends: readonly Send[]): Promise<Related[]> {
  if (sends.length === 0) return [];
  const wanted = [...new Map(sends.map((send) => [pair(send.user, send.to), send])).values()];
  return tx<Related[]>`
    select k.user_id as "user", k.contact_id as contact, ${talkColumns(tx)}, false as "sendsReceipts"
    from unnest(${arrayOf(wanted.map(({ user }) => user))}::uuid[], ${arrayOf(wanted.map(({ to }) => to))}::uuid[])
      as wanted (user_id, contact_id)
    join contacts k using (user_id, contact_id)
    join conversations c on c.id = k.conversation_id`;
}

/** The conversations whose marks may move, or whose messages are revised. */
async function selectTalks(tx: TransactionSql, conversations: readonly ConversationId[]): Promise<Talk[]> {
  if (conversations.length === 0) return [];
  return tx<Talk[]>`
    select ${talkColumns(tx)}, low.sends_receipts and high.sends_receipts as "sendsReceipts"
    from conversations c
    join users low on low.id = c.low_user
    join users high on high.id = c.high_user
    where c.id = any(${arrayOf(conversations)}::uuid[])`;
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

interface MarkRow extends Marks {
  conversation: ConversationId;
  user: UserId;
  toldDelivered: Seq;
  toldRead: Seq;
}

async function selectMarks(tx: TransactionSql, conversations: ConversationId[]): Promise<MarkRow[]> {
  if (conversations.length === 0) return [];
  return tx<MarkRow[]>`
    select conversation_id as conversation, user_id as "user", delivered, read,
      coalesce(told_delivered, delivered) as "toldDelivered", coalesce(told_read, read) as "toldRead"
    from marks where conversation_id = any(${arrayOf(conversations)}::uuid[])`;
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
  marked: { conversation: ConversationId; user: UserId; marks: MarkFacts }[],
) {
  const column = (of: (marks: MarkFacts) => Seq | null) => arrayOf(marked.map(({ marks }) => of(marks)));
  return tx`
    update marks m set delivered = v.delivered, read = v.read, told_delivered = v.told_delivered, told_read = v.told_read
    from unnest(${arrayOf(marked.map((m) => m.conversation))}::uuid[], ${arrayOf(marked.map((m) => m.user))}::uuid[],
      ${column((marks) => marks.delivered)}::int8[], ${column((marks) => marks.read)}::int8[],
      ${column((marks) => untold(marks, "delivered"))}::int8[], ${column((marks) => untold(marks, "read"))}::int8[])
      as v (conversation_id, user_id, delivered, read, told_delivered, told_read)
    where m.conversation_id = v.conversation_id and m.user_id = v.user_id`;
}

/** How far the peer was told, where that is not as far as the mark went. */
function untold({ told, ...marks }: MarkFacts, mark: keyof Marks): Seq | null {
  return told[mark] === marks[mark] ? null : told[mark];
}

/** The moment from which rows may still be shown. */
export function retainedSince(now: EpochMs): EpochMs {
  return now - RETENTION_MS;
}
