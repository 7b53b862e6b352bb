/**
 * The purge: raises the floors of the inboxes that are about to lose rows, then drops whole days past the retention. Floors
 * first: a client behind its floor is told to resync, never left with a hole, whatever happens in between. Each step is a
 * short transaction of its own that holds one kind of lock, so it cannot wait in a circle with a writer that holds the
 * others. Killed half-way, the next run does the rest. One runs at a time, in whichever instance began.
 */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { DAY_MS, dayOf, makePartitions, PARTITIONED } from "./partitions.ts";

/** Purges that are remembered. */
const REMEMBERED = 50;
/** A drop waits this long for the readers of a day that nobody should read, then lets others pass and tries again. */
const LOCK_WAIT_MS = 2_000;
const DROP_TRIES = 10;
/** Held by the session that purges. Any number, as long as nothing else locks it. */
const LOCK = 7_210_002;
/** Postgres: a lock was not to be had in time. */
const LOCK_NOT_AVAILABLE = "55P03";

export interface PurgeReport {
  /** Partitions that were dropped, or would be. */
  dropped: string[];
  /** What they held. */
  rows: number;
  bytes: number;
  /** When the oldest row that is left was written; null when nothing is left. */
  oldestAt: { messages: EpochMs | null; inbox: EpochMs | null; outbox: EpochMs | null };
}

/**
 * Purges what is past the retention at `now`; with `dryRun` only says what it would. Null when another one is running: it
 * does the same.
 */
export async function purge(
  db: Sql,
  options: { now: EpochMs; dryRun?: boolean },
): Promise<PurgeReport | null> {
  const session = await db.reserve();
  try {
    const [row] = await session<{ got: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as got`;
    if (!row?.got) return null;
    try {
      return await purgeAlone(db, options);
    } finally {
      await session`select pg_advisory_unlock(${LOCK})`;
    }
  } finally {
    session.release();
  }
}

async function purgeAlone(
  db: Sql,
  { now, dryRun = false }: { now: EpochMs; dryRun?: boolean },
): Promise<PurgeReport> {
  const past = await readPast(db, now);
  if (!dryRun) {
    for (const { name } of past) if (name.startsWith("inbox_")) await raiseFloors(db, name);
    for (const { name } of past) await dropPartition(db, name);
    await dropUnpublished(db, now);
    await makePartitions(db, now);
    await remember(db, { past, now });
  }
  return { dropped: past.map(({ name }) => name), ...totals(past), oldestAt: await readOldest(db) };
}

/** When the retention was last enforced; null when it never was. */
export async function lastPurgeAt(db: Sql): Promise<EpochMs | null> {
  const [row] = await db<{ at: EpochMs | null }[]>`select max(at) as at from purges`;
  return row?.at ?? null;
}

interface Partition {
  name: string;
  rows: number;
  bytes: number;
}

/** Days that ended before the retention begins. */
async function readPast(db: Sql, now: EpochMs): Promise<Partition[]> {
  const partitions = await db<{ name: string; bytes: number }[]>`
    select c.relname as name, pg_total_relation_size(c.oid) as bytes
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname = any(${[...PARTITIONED]}) order by c.relname`;
  const past = partitions.filter(({ name }) => dayOf(name) + DAY_MS <= now - RETENTION_MS);
  return Promise.all(
    past.map(async ({ name, bytes }) => {
      const [counted] = await db<{ rows: number }[]>`select count(*) as rows from ${db(name)}`;
      return { name, bytes, rows: counted?.rows ?? 0 };
    }),
  );
}

/** A client can resume from the newest cursor that is about to go: everything after it is still there. */
async function raiseFloors(db: Sql, partition: string): Promise<void> {
  await db.begin(async (tx) => {
    await tx`
      select from inbox_heads where user_id in (select user_id from ${tx(partition)}) order by user_id for update`;
    await tx`
      update inbox_heads h set floor = greatest(h.floor, gone.cursor)
      from (select user_id, max(cursor) as cursor from ${tx(partition)} group by user_id) gone
      where h.user_id = gone.user_id`;
  });
}

async function dropPartition(db: Sql, partition: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      await db.begin(async (tx: TransactionSql) => {
        await tx.unsafe(`set local lock_timeout = ${LOCK_WAIT_MS}`);
        await tx`drop table if exists ${tx(partition)}`;
      });
      return;
    } catch (error) {
      const busy = error instanceof Error && "code" in error && error.code === LOCK_NOT_AVAILABLE;
      if (!busy || tried === DROP_TRIES) throw error;
    }
  }
}

/** What no bus took for this long: who it was for resumes without it. What has no age is about no message. */
async function dropUnpublished(db: Sql, now: EpochMs): Promise<void> {
  await db`delete from bus_outbox where created_at > 'epoch' and created_at <= ${now - RETENTION_MS}`;
}

async function remember(db: Sql, { past, now }: { past: readonly Partition[]; now: EpochMs }): Promise<void> {
  const { rows, bytes } = totals(past);
  await db`
    insert into purges (at, partitions, rows, bytes) values (${now}, ${past.length}, ${rows}, ${bytes})
    on conflict (at) do nothing`;
  await db`delete from purges where at not in (select at from purges order by at desc limit ${REMEMBERED})`;
}

async function readOldest(db: Sql): Promise<PurgeReport["oldestAt"]> {
  const [row] = await db<PurgeReport["oldestAt"][]>`
    select (select min(sent_at) from messages) as messages, (select min(at) from inbox) as inbox,
      (select min(created_at) from bus_outbox) as outbox`;
  return row ?? { messages: null, inbox: null, outbox: null };
}

function totals(partitions: readonly Partition[]): { rows: number; bytes: number } {
  return {
    rows: partitions.reduce((sum, partition) => sum + partition.rows, 0),
    bytes: partitions.reduce((sum, partition) => sum + partition.bytes, 0),
  };
}
