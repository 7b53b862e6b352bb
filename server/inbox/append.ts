/**
 * Appending to inboxes. Whoever appends locks the heads of all inboxes concerned first, in id order, so that two
 * transactions never wait for one another in a circle; from then until the commit the cursors are theirs to give out.
 * The bus records of what was appended are written in the same transaction: what commits is published sooner or later,
 * whoever crashes.
 */
import type { TransactionSql } from "postgres";
import type { Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import { busRecordsOf, columnsOf, frameOf } from "./events.ts";
import type { EventBody, InboxRow } from "./events.ts";
import type { BusRecord } from "../bus/bus.ts";

export interface Head {
  head: Cursor;
  received: Cursor;
}
export type Heads = Map<UserId, Head>;

/** What a transaction appended, for whoever publishes it after the commit. */
export interface Appended {
  rows: InboxRow[];
  records: BusRecord[];
  /** Row of `bus_outbox` to delete once published; null when nothing was appended. */
  outboxId: number | null;
}

/** Locks the heads of these users' inboxes until the transaction ends. */
export async function lockHeads(tx: TransactionSql, users: Iterable<UserId>): Promise<Heads> {
  const rows = await tx<{ userId: UserId; head: Cursor; received: Cursor }[]>`
    select user_id as "userId", head, received from inbox_heads
    where user_id = any(${[...new Set(users)]}::uuid[])
    order by user_id for update`;
  return new Map(rows.map(({ userId, head, received }) => [userId, { head, received }]));
}

/** Gives `body` the next cursor of each inbox. Moves the heads in memory; `storeRows` writes them. */
export function appendTo(heads: Heads, users: readonly UserId[], options: { body: EventBody; at: EpochMs }) {
  const json = JSON.stringify(options.body);
  const columns = columnsOf(options.body);
  return users.map((user): InboxRow => {
    const head = heads.get(user);
    if (head === undefined) throw new Error("appendTo: the head of this inbox is not locked");
    head.head += 1;
    return { user, cursor: head.head, at: options.at, ...columns, frame: frameOf(json, head.head) };
  });
}

/** Writes the rows, the moved heads and the bus records. One round trip: the statements are pipelined. */
export async function storeRows(
  tx: TransactionSql,
  rows: InboxRow[],
  options: { heads: Heads; at: EpochMs; origin: string },
): Promise<Appended> {
  const heads = [...options.heads];
  const moved = tx`
    update inbox_heads h set head = v.head, received = v.received
    from unnest(${heads.map(([user]) => user)}::uuid[], ${heads.map(([, head]) => head.head)}::int8[],
      ${heads.map(([, head]) => head.received)}::int8[]) as v (user_id, head, received)
    where h.user_id = v.user_id and (h.head, h.received) is distinct from (v.head, v.received)`;
  if (rows.length === 0) {
    await moved;
    return { rows, records: [], outboxId: null };
  }
  const records = busRecordsOf(rows, options.origin);
  const [, , outbox] = await Promise.all([
    moved,
    tx`insert into inbox (user_id, cursor, at, kind, conversation_id, seq, subject_id)
      select * from unnest(${rows.map((row) => row.user)}::uuid[], ${rows.map((row) => row.cursor)}::int8[],
        ${rows.map((row) => row.at)}::timestamptz[], ${rows.map((row) => row.kind)}::text[],
        ${rows.map((row) => row.conversation)}::uuid[], ${rows.map((row) => row.seq)}::int8[],
        ${rows.map((row) => row.subject)}::uuid[])`,
    tx<{ id: number }[]>`
      insert into bus_outbox (created_at, records) values (${options.at}, ${JSON.stringify(records)}) returning id`,
  ]);
  return { rows, records, outboxId: outbox[0]?.id ?? null };
}

/** Appends each body to its inboxes, for callers with a transaction of their own. Locks, numbers, stores. */
export async function appendEvents(
  tx: TransactionSql,
  events: readonly { users: readonly UserId[]; body: EventBody }[],
  options: { at: EpochMs; origin: string },
): Promise<Appended> {
  const heads = await lockHeads(
    tx,
    events.flatMap((event) => event.users),
  );
  const rows = events.flatMap(({ users, body }) => appendTo(heads, users, { body, at: options.at }));
  return storeRows(tx, rows, { heads, ...options });
}
