/**
 * The purge: raises the floors of the inboxes that are about to lose rows, then drops whole days past the retention, then takes
 * single rows whose time is up (`kept.ts`). Floors first: a client behind its floor is told to resync, never left with a hole,
 * whatever happens in between. Each step is a short transaction of its own that holds one kind of lock, so it cannot wait in a
 * circle with a writer that holds the others. Killed half-way, the next run does the rest. One runs at a time, in whichever
 * instance began.
 */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { clearTombstones } from "../account/tombstones.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { DAY_MS, keptBy } from "./kept.ts";
import type { KeptByRow } from "./kept.ts";
import { readOldest } from "./oldest.ts";
import { dayOf, makePartitions, partitions } from "./partitions.ts";

/**
 * To drop a day, Postgres wants its table for itself, and while it waits for a reader (a dump, say), everybody else waits behind
 * it. So it waits for no longer than nobody notices, lets all of them pass, and tries again.
 */
const LOCK_WAIT_MS = 200;
const DROP_PAUSE_MS = 1_000;
const DROP_TRIES = 60;
/** People whose floors are raised in one transaction: whoever writes to one of them waits for it. */
const FLOORS_AT_ONCE = 500;
/** Rows that one transaction takes. */
const ROWS_AT_ONCE = 5_000;
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
  /** Single rows that went, or would, by their table. */
  expired: Record<string, number>;
  /** When the oldest row that is left was written, by its table; null when nothing is left. */
  oldestAt: Record<string, EpochMs | null>;
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
  const expired: [string, number][] = [];
  if (!dryRun) {
    for (const { name, table } of past) if (table === "inbox") await raiseFloors(db, name);
    for (const { name } of past) await dropPartition(db, name);
  }
  for (const [table, kept] of keptBy("row")) {
    const rows = { table, moment: kept.moment, until: now - kept.afterMs };
    expired.push([table, await (dryRun ? countRows : dropRows)(db, rows)]);
  }
  if (!dryRun) {
    await clearTombstones(db, now);
    await makePartitions(db, now);
    await remember(db, { past, now });
  }
  return {
    dropped: past.map(({ name }) => name),
    ...totals(past),
    expired: Object.fromEntries(expired),
    oldestAt: await readOldest(db),
  };
}

/** When the retention was last enforced. When the schema was made there was nothing to purge: that counts as a purge. */
export async function lastPurgeAt(db: Sql): Promise<EpochMs> {
  const [row] = await db<{ at: EpochMs }[]>`
    select coalesce((select max(at) from purges), (select min(applied_at) from migrations)) as at`;
  if (row === undefined) throw new Error("Postgres did not say when the last purge was");
  return row.at;
}

interface Past {
  name: string;
  table: string;
  rows: number;
  bytes: number;
}

/** Days that ended before the retention begins. */
async function readPast(db: Sql, now: EpochMs): Promise<Past[]> {
  const past: Past[] = [];
  for (const partition of await partitions(db)) {
    if (dayOf(partition.name) + DAY_MS > now - RETENTION_MS) continue;
    const [counted] = await patiently(
      db,
      (tx) => tx<{ rows: number }[]>`
      select count(*) as rows from ${tx(partition.name)}`,
    );
    past.push({ ...partition, rows: counted?.rows ?? 0 });
  }
  return past;
}

/** A client can resume from the newest cursor that is about to go: everything after it is still there. */
async function raiseFloors(db: Sql, partition: string): Promise<void> {
  // Nobody writes into a day that is over, so this holds without a lock.
  const gone = await patiently(
    db,
    (tx) => tx<{ user: UserId; cursor: number }[]>`
    select user_id as user, max(cursor) as cursor from ${tx(partition)} group by user_id order by user_id`,
  );
  for (let from = 0; from < gone.length; from += FLOORS_AT_ONCE) {
    const some = gone.slice(from, from + FLOORS_AT_ONCE);
    const users = some.map(({ user }) => user);
    await db.begin(async (tx) => {
      await tx`select from inbox_heads where user_id = any(${users}) order by user_id for update`;
      await tx`
        update inbox_heads h set floor = greatest(h.floor, gone.cursor)
        from unnest(${users}::uuid[], ${some.map(({ cursor }) => cursor)}::bigint[]) gone (user_id, cursor)
        where h.user_id = gone.user_id`;
    });
  }
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
      await Bun.sleep(DROP_PAUSE_MS);
    }
  }
}

interface Expired extends Pick<KeptByRow, "moment"> {
  table: string;
  /** Moments up to this one are past. */
  until: EpochMs;
}

async function countRows(db: Sql, { table, moment, until }: Expired): Promise<number> {
  const [row] = await patiently(
    db,
    (tx) => tx<{ rows: number }[]>`
    select count(*) as rows from ${tx(table)} where ${tx(moment)} > 'epoch' and ${tx(moment)} <= ${until}`,
  );
  return row?.rows ?? 0;
}

async function dropRows(db: Sql, { table, moment, until }: Expired): Promise<number> {
  for (let rows = 0; ;) {
    const { count } = await patiently(
      db,
      (tx) => tx`
      delete from ${tx(table)} where ctid = any(array(
        select ctid from ${tx(table)}
        where ${tx(moment)} > 'epoch' and ${tx(moment)} <= ${until} limit ${ROWS_AT_ONCE} for update skip locked))`,
    );
    rows += count;
    if (count < ROWS_AT_ONCE) return rows;
  }
}

/** A day can take longer to read than anything that a person waits for. */
async function patiently<T>(db: Sql, work: (tx: TransactionSql) => Promise<T>) {
  return await db.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    return await work(tx);
  });
}

async function remember(db: Sql, { past, now }: { past: readonly Past[]; now: EpochMs }): Promise<void> {
  const { rows, bytes } = totals(past);
  await db`
    insert into purges (at, partitions, rows, bytes) values (${now}, ${past.length}, ${rows}, ${bytes})
    on conflict (at) do nothing`;
}

function totals(past: readonly Past[]): { rows: number; bytes: number } {
  return {
    rows: past.reduce((sum, { rows }) => sum + rows, 0),
    bytes: past.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}
