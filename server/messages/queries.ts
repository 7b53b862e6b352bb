/** The SQL of a batch: what is read to decide it, what is written once decided. */
import type { Fragment, Sql, TransactionSql } from "postgres";
import type { ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Marks } from "#protocol/http.ts";
import { arrayOf, columns } from "../db/arrays.ts";
import { lockHeads } from "../inbox/append.ts";
import { selectGrowing } from "../inbox/queries.ts";
import type { Growing } from "../inbox/queries.ts";
import type { Change, Read, Received, Revise, Send } from "./change.ts";
import type { Writes } from "./decide.ts";
import { selectEarlier } from "./earlier.ts";
import type { Facts, MarkFacts } from "./facts.ts";
import { selectRevised, selectRevisions, storingRevisions } from "./revisions.ts";
import { selectTalks } from "./talks.ts";

/** No two instances' clocks are further apart. */
const CLOCKS_APART_MS = 24 * 60 * 60 * 1_000;

export interface Reading {
  now: EpochMs;
  /** Of these people, after which cursor of their inboxes the rest is to be read too. */
  after: (users: Iterable<UserId>) => ReadonlyMap<UserId, Cursor>;
}

/**
 * Reads whom the batch is about, then locks the heads of every inbox it may grow, then reads what only the lock keeps true, and
 * how the inboxes grew. One pipelined round trip for sends, two with marks or revisions, and no statement for what the batch has
 * none of.
 */
export async function readFacts(
  tx: TransactionSql,
  changes: readonly Change[],
  { now, after }: Reading,
): Promise<{ facts: Facts; grown: Growing[] }> {
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
  const marked = new Set([...arrivals, ...reads, ...revises].map((one) => one.conversation));
  const [heads, talks, messages, revisions, grown] = await Promise.all([
    lockHeads(tx, users),
    selectTalks(tx, { sends, marked }),
    selectRevised(tx, revises, retainedSince(now)),
    selectRevisions(tx, revises),
    selectGrowing(tx, after(users), { since: retainedSince(now) }),
  ]);
  const earlier = await selectEarlier(tx, sends, heads);
  const arrived = Map.groupBy(arrivals, (row) => row.user);
  return { facts: { ...talks, heads, messages, revisions, earlier, arrived }, grown };
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
    where id = any(${arrayOf([...new Set(changes.map((change) => change.conversation))])}::uuid[])`;
}

/**
 * What was decided about messages, revisions, conversations and marks, as parts of one statement (see `storeRows`, which writes
 * the inbox rows, and says what `holds` is).
 */
export function writesOf(
  db: Sql | TransactionSql,
  decision: Writes,
  given: { facts: Facts; at: EpochMs; holds: Fragment },
): Fragment[] {
  const { holds } = given;
  return [
    ...(decision.messages.length === 0 ? [] : storingMessages(db, decision, given)),
    ...(decision.marked.size === 0 ? [] : [storingMarks(db, [...decision.marked.values()], holds)]),
    ...(decision.revised.size === 0 ? [] : storingRevisions(db, decision, holds)),
  ];
}

function storingMessages(
  db: Sql | TransactionSql,
  { messages, grown }: Writes,
  { facts, at, holds }: { facts: Facts; at: EpochMs; holds: Fragment },
): Fragment[] {
  const headSeqs = [...grown].map((id) => facts.conversations.get(id)?.headSeq ?? 0);
  // An array that is shorter than the others goes on with nulls: where nobody replies, it is none.
  const replies = messages.some(({ replyTo }) => replyTo !== undefined) ? messages : [];
  const [conversations, seqs, senders, recipients, cids, senderCursors] = columns(
    messages,
    (message) => message.conversation,
    (message) => message.seq,
    (message) => message.from,
    (message) => message.to,
    (message) => message.cid,
    (message) => message.senderCursor,
  );
  return [
    db`numbered as (
      update conversations c set head_seq = v.head_seq
      from unnest(${arrayOf([...grown])}::uuid[], ${arrayOf(headSeqs)}::int8[]) as v (id, head_seq)
      where c.id = v.id and ${holds}
    )`,
    db`sent as (
      insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor, reply_to)
      select conversation_id, seq, sender_id, recipient_id, cid, body, ${at}::timestamptz, sender_cursor, reply_to
      from unnest(${conversations}::uuid[], ${seqs}::int8[], ${senders}::uuid[], ${recipients}::uuid[], ${cids}::uuid[],
        ${messages.map((message) => message.text)}::text[], ${senderCursors}::int8[],
        ${arrayOf(replies.map((message) => message.replyTo ?? null))}::int8[])
        as v (conversation_id, seq, sender_id, recipient_id, cid, body, sender_cursor, reply_to)
      where ${holds}
    )`,
  ];
}

function storingMarks(
  db: Sql | TransactionSql,
  marked: { conversation: ConversationId; user: UserId; marks: MarkFacts }[],
  holds: Fragment,
): Fragment {
  const [conversations, users, delivered, read, toldDelivered, toldRead] = columns(
    marked,
    ({ conversation }) => conversation,
    ({ user }) => user,
    ({ marks }) => marks.delivered,
    ({ marks }) => marks.read,
    ({ marks }) => untold(marks, "delivered"),
    ({ marks }) => untold(marks, "read"),
  );
  return db`marked as (
    update marks m set delivered = v.delivered, read = v.read, told_delivered = v.told_delivered, told_read = v.told_read
    from unnest(${conversations}::uuid[], ${users}::uuid[], ${delivered}::int8[], ${read}::int8[], ${toldDelivered}::int8[],
      ${toldRead}::int8[]) as v (conversation_id, user_id, delivered, read, told_delivered, told_read)
    where m.conversation_id = v.conversation_id and m.user_id = v.user_id and ${holds}
  )`;
}

/** How far the peer was told, where that is not as far as the mark went. */
function untold({ told, ...marks }: MarkFacts, mark: keyof Marks): Seq | null {
  return told[mark] === marks[mark] ? null : told[mark];
}

/** The moment from which rows may still be shown. */
export function retainedSince(now: EpochMs): EpochMs {
  return now - RETENTION_MS;
}
