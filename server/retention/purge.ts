/**
 * The purge: drops whole days past the retention and raises the floors of the inboxes that lost rows, in one transaction,
 * so that a client behind the floor is told to resync rather than left with a hole. Idempotent; killed half-way it is as
 * if it had not run.
 */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { DAY_MS, dayOf, lockPartitions, makePartitions, PARTITIONED } from "./partitions.ts";

export interface PurgeReport {
  /** Partitions that were dropped. */
  dropped: string[];
  /** When the oldest row that is left was written; null when nothing is left. */
  oldestAt: EpochMs | null;
}

export async function purge(db: Sql, now: EpochMs): Promise<PurgeReport> {
  await makePartitions(db, now);
  const dropped = await db.begin(async (tx) => {
    await lockPartitions(tx);
    const past = (await partitionsOf(tx)).filter((name) => dayOf(name) + DAY_MS <= now - RETENTION_MS);
    for (const name of past.filter((name) => name.startsWith("inbox_"))) await raiseFloors(tx, name);
    for (const name of past) await tx`drop table ${tx(name)}`;
    return past;
  });
  const [oldest] = await db<{ at: EpochMs | null }[]>`
    select least((select min(sent_at) from messages), (select min(at) from inbox)) as at`;
  return { dropped: dropped as string[], oldestAt: oldest?.at ?? null };
}

async function partitionsOf(tx: TransactionSql): Promise<string[]> {
  const rows = await tx<{ name: string }[]>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent where p.relname = any(${[...PARTITIONED]}) order by 1`;
  return rows.map((row) => row.name);
}

/** A client can resume from the newest cursor that is about to go: everything after it is still there. */
async function raiseFloors(tx: TransactionSql, partition: string): Promise<void> {
  await tx`
    update inbox_heads h set floor = greatest(h.floor, gone.cursor)
    from (select user_id, max(cursor) as cursor from ${tx(partition)} group by user_id order by user_id) gone
    where h.user_id = gone.user_id`;
}
