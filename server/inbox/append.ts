/**
 * Appending to inboxes. Whoever appends locks the heads of all inboxes concerned first, in id order, so that two
 * transactions never wait for one another in a circle; from then until the commit the cursors are theirs to give out.
 * The bus records of what was appended are written in the same transaction: what commits is published sooner or later,
 * whoever crashes.
 */
import type { Fragment, TransactionSql } from "postgres";
import type { Cid, Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import { arrayOf, columns } from "../db/arrays.ts";
import { busRecordsOf, columnsOf, frameOf, growthOf, relationsRecord } from "./events.ts";
import type { EventBody, InboxRow } from "./events.ts";
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

/**
 * Writes the rows, the moved heads, and what of it is to be published: one statement, and `alongside` goes with it. Those are
 * further writes of the transaction, each as `name as (statement)`, none of which reads what another one writes.
 */
export async function storeRows(
  tx: TransactionSql,
  rows: InboxRow[],
  {
    heads,
    at,
    origin,
    stirred = [],
    alongside = [],
  }: StoreOptions & { heads: Heads; alongside?: readonly Fragment[] },
): Promise<Appended> {
  const moved = [...heads].filter(([, head]) => head.moved);
  const grown = growthOf(rows);
  if (moved.length === 0) {
    if (alongside.length > 0) await tx`with ${listOf(tx, alongside)} select`;
    return NOTHING_APPENDED;
  }
  const unseen = stirred.map((user) => relationsRecord(user, origin));
  const [growers, after, upTo] = columns(
    grown,
    (one) => one.user,
    (one) => one.after,
    (one) => one.upTo,
  );
  const [outbox] = await tx<{ id: number }[]>`
    with ${listOf(tx, [...alongside, movingHeads(tx, moved), appendingRows(tx, rows)])}
    insert into bus_outbox (created_at, records, grown_users, grown_after, grown_to)
    select ${at}::timestamptz, ${JSON.stringify(unseen)}, ${growers}::uuid[], ${after}::int8[], ${upTo}::int8[]
    where ${rows.length > 0}::boolean
    returning id`;
  return {
    rows,
    stirred,
    records: [...busRecordsOf(grown, origin), ...unseen],
    outboxId: outbox?.id ?? null,
  };
}

function movingHeads(tx: TransactionSql, moved: [UserId, Head][]): Fragment {
  const [users, heads, received, attended, newestCids] = columns(
    moved,
    ([user]) => user,
    ([, head]) => head.head,
    ([, head]) => head.received,
    ([, head]) => head.attended,
    ([, head]) => head.newestCid,
  );
  return tx`moved as (
    update inbox_heads h set head = v.head, received = v.received, attended = v.attended, newest_cid = v.newest_cid
    from unnest(${users}::uuid[], ${heads}::int8[], ${received}::int8[], ${attended}::int8[], ${newestCids}::uuid[])
      as v (user_id, head, received, attended, newest_cid)
    where h.user_id = v.user_id
  )`;
}

/** A row's moment is the transaction's, but for what is told late of an earlier day: that leaves with its day. */
function appendingRows(tx: TransactionSql, rows: readonly InboxRow[]): Fragment {
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
  return tx`appended as (
    insert into inbox (user_id, cursor, at, kind, conversation_id, seq, subject_id)
    select user_id, cursor, 'epoch'::timestamptz + at * interval '1 millisecond', kind, conversation_id, seq, subject_id
    from unnest(${users}::uuid[], ${cursors}::int8[], ${moments}::int8[], ${kinds}::text[], ${conversations}::uuid[],
      ${seqs}::int8[], ${subjects}::uuid[]) as v (user_id, cursor, at, kind, conversation_id, seq, subject_id)
  )`;
}

/** Puts a comma between. */
function listOf(tx: TransactionSql, parts: readonly Fragment[]): Fragment {
  return parts.reduce((list, part) => tx`${list}, ${part}`);
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
