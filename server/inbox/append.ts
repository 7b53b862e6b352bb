/**
 * Appending to inboxes. Whoever appends locks the heads of all inboxes concerned first, in id order, so that two
 * transactions never wait for one another in a circle; from then until the commit the cursors are theirs to give out.
 * The bus records of what was appended are written in the same transaction: what commits is published sooner or later,
 * whoever crashes.
 */
import type { Fragment, Sql, TransactionSql } from "postgres";
import type { Cid, Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import { arrayOf, columns } from "../db/arrays.ts";
import { busRecordsOf, columnsOf, frameOf, growthOf, relationsRecord } from "./events.ts";
import type { EventBody, Growth, InboxRow } from "./events.ts";
import type { BusRecord } from "../bus/bus.ts";

export interface Head {
  head: Cursor;
  received: Cursor;
  /** How far a device has it on whose screen the app was visible. */
  attended: Cursor;
  /** The greatest cid ever accepted from the user: a greater one is new. */
  newestCid: Cid;
  /** Something of it changed and must be written. */
  moved: boolean;
}
export type Heads = Map<UserId, Head>;

/** Where a head was; how far it was `received` only where that matters. */
export interface Was {
  head: Cursor;
  received: Cursor | null;
}

/** What a transaction appended, for whoever publishes it after the commit. */
export interface Appended {
  rows: InboxRow[];
  /** Users who see others or are seen otherwise from now on, and are not to learn why: nothing was put into their inboxes. */
  stirred: readonly UserId[];
  records: BusRecord[];
  /** Row of `bus_outbox` to delete once published; null when nothing was appended. */
  outboxId: number | null;
}

export const NOTHING_APPENDED: Appended = { rows: [], stirred: [], records: [], outboxId: null };

/** Locks the heads of these users' inboxes until the transaction ends. */
export async function lockHeads(tx: TransactionSql, users: Iterable<UserId>): Promise<Heads> {
  const rows = await tx<(Omit<Head, "moved"> & { userId: UserId })[]>`
    select user_id as "userId", head, received, attended, newest_cid as "newestCid" from inbox_heads
    where user_id = any(${arrayOf([...new Set(users)])}::uuid[])
    order by user_id for update`;
  return new Map(rows.map(({ userId, ...head }) => [userId, { ...head, moved: false }]));
}

/** Gives `body` the next cursor of each inbox. Moves the heads in memory; `storeRows` writes them. */
export function appendTo(heads: Heads, users: readonly UserId[], options: { body: EventBody; at: EpochMs }) {
  const json = JSON.stringify(options.body);
  const stored = columnsOf(options.body);
  return users.map((user): InboxRow => {
    const head = heads.get(user);
    if (head === undefined) throw new Error("appendTo: the head of this inbox is not locked");
    head.head += 1;
    head.moved = true;
    return { user, cursor: head.head, at: options.at, ...stored, frame: frameOf(json, head.head) };
  });
}

export interface StoreOptions {
  at: EpochMs;
  /** Id of the instance that does it. */
  origin: string;
  /** See `Appended`. */
  stirred?: readonly UserId[];
}

/** All that one statement writes of a batch. */
export interface Batch extends StoreOptions {
  /** Locked, and as `appendTo` left them. */
  heads: Heads;
  /**
   * Further writes of the transaction, each as `name as (statement)`, none of which reads what another one writes. Each has
   * `holds` among its conditions.
   */
  alongside?: (holds: Fragment) => readonly Fragment[];
}

/** Writes the rows, the moved heads, what goes alongside, and what of it is to be published: one statement. */
export async function storeRows(tx: TransactionSql, rows: InboxRow[], batch: Batch): Promise<Appended> {
  return (await write(tx, rows, { ...batch, holds: tx`true` })) ?? NOTHING_APPENDED;
}

/**
 * The same as a transaction of its own, if the heads are where they `was`: it locks them and asks. Null when one of them is not;
 * then nothing was written.
 */
export async function storeRowsIf(
  db: Sql,
  rows: InboxRow[],
  { was, ...batch }: Batch & { was: ReadonlyMap<UserId, Was> },
): Promise<Appended | null> {
  const holds = db`(select count(*) from held) = ${was.size}::int8`;
  return write(db, rows, { ...batch, holds, held: holding(db, was) });
}

async function write(
  db: Sql | TransactionSql,
  rows: InboxRow[],
  batch: Batch & { holds: Fragment; held?: Fragment },
): Promise<Appended | null> {
  const { heads, at, origin, stirred = [], alongside = () => [], holds, held } = batch;
  const moved = [...heads].filter(([, head]) => head.moved);
  const grown = growthOf(rows);
  const unseen = stirred.map((user) => relationsRecord(user, origin));
  const parts = [
    ...(held === undefined ? [] : [held]),
    ...alongside(holds),
    ...(moved.length === 0 ? [] : [movingHeads(db, moved, holds)]),
    ...(rows.length === 0 ? [] : [appendingRows(db, rows, holds), telling(db, { grown, unseen, at, holds })]),
  ];
  if (parts.length === 0) return NOTHING_APPENDED;
  const outboxId = rows.length === 0 ? db`null::int8` : db`(select id from told)`;
  const [written] = await db<{ outboxId: number | null; held: boolean }[]>`
    with ${listOf(db, parts)} select ${outboxId} as "outboxId", ${holds} as held`;
  if (!written?.held) return null;
  if (rows.length === 0) return NOTHING_APPENDED;
  const records = [...busRecordsOf(grown, origin), ...unseen];
  return { rows, stirred, records, outboxId: written.outboxId };
}

/** Those of the heads that are where they were, locked as `lockHeads` does it. */
function holding(db: Sql, was: ReadonlyMap<UserId, Was>): Fragment {
  const [users, heads, received] = columns(
    [...was],
    ([user]) => user,
    ([, { head }]) => head,
    ([, { received }]) => received,
  );
  return db`held as (
    select from unnest(${users}::uuid[], ${heads}::int8[], ${received}::int8[]) as v (user_id, head, received)
    join inbox_heads h using (user_id)
    where h.head = v.head and h.received = coalesce(v.received, h.received)
    order by h.user_id for update of h
  )`;
}

function movingHeads(db: Sql | TransactionSql, moved: [UserId, Head][], holds: Fragment): Fragment {
  const [users, heads, received, attended, newestCids] = columns(
    moved,
    ([user]) => user,
    ([, head]) => head.head,
    ([, head]) => head.received,
    ([, head]) => head.attended,
    ([, head]) => head.newestCid,
  );
  return db`moved as (
    update inbox_heads h set head = v.head, received = greatest(h.received, v.received),
      attended = greatest(h.attended, v.attended), newest_cid = greatest(h.newest_cid, v.newest_cid)
    from unnest(${users}::uuid[], ${heads}::int8[], ${received}::int8[], ${attended}::int8[], ${newestCids}::uuid[])
      as v (user_id, head, received, attended, newest_cid)
    where h.user_id = v.user_id and ${holds}
  )`;
}

/** A row's moment is the transaction's, but for what is told late of an earlier day: that leaves with its day. */
function appendingRows(db: Sql | TransactionSql, rows: readonly InboxRow[], holds: Fragment): Fragment {
  const [users, cursors, moments, kinds, conversations, seqs, subjects] = columns(
    rows,
    (row) => row.user,
    (row) => row.cursor,
    (row) => row.at,
    (row) => row.kind,
    (row) => row.conversation,
    (row) => row.seq,
    (row) => row.subject,
  );
  return db`appended as (
    insert into inbox (user_id, cursor, at, kind, conversation_id, seq, subject_id)
    select user_id, cursor, 'epoch'::timestamptz + at * interval '1 millisecond', kind, conversation_id, seq, subject_id
    from unnest(${users}::uuid[], ${cursors}::int8[], ${moments}::int8[], ${kinds}::text[], ${conversations}::uuid[],
      ${seqs}::int8[], ${subjects}::uuid[]) as v (user_id, cursor, at, kind, conversation_id, seq, subject_id)
    where ${holds}
  )`;
}

/** For the publisher: which rows of the inboxes, and what is in none of them. */
function telling(
  db: Sql | TransactionSql,
  { grown, unseen, at, holds }: { grown: Growth[]; unseen: BusRecord[]; at: EpochMs; holds: Fragment },
): Fragment {
  const [users, after, upTo] = columns(
    grown,
    (one) => one.user,
    (one) => one.after,
    (one) => one.upTo,
  );
  return db`told as (
    insert into bus_outbox (created_at, records, grown_users, grown_after, grown_to)
    select ${at}::timestamptz, ${JSON.stringify(unseen)}, ${users}::uuid[], ${after}::int8[], ${upTo}::int8[] where ${holds}
    returning id
  )`;
}

/** Puts a comma between. */
function listOf(db: Sql | TransactionSql, parts: readonly Fragment[]): Fragment {
  return parts.reduce((list, part) => db`${list}, ${part}`);
}

/** Appends each body to its inboxes, for callers with a transaction of their own. Locks, numbers, stores. */
export async function appendEvents(
  tx: TransactionSql,
  events: readonly { users: readonly UserId[]; body: EventBody }[],
  options: StoreOptions,
): Promise<Appended> {
  const heads = await lockHeads(
    tx,
    events.flatMap((event) => event.users),
  );
  const rows = events.flatMap(({ users, body }) => appendTo(heads, users, { body, at: options.at }));
  return storeRows(tx, rows, { heads, ...options });
}
