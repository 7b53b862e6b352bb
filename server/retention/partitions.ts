/**
 * Messages and inbox rows live in one partition for each UTC day, so that a purge drops whole days. Days are made ahead of
 * time by the migrate step and by every running instance; a row never meets a day without its partition.
 */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { DAY_MS, keptBy } from "./kept.ts";

/** How far ahead days are made; every instance makes them several times a day. Each is there for every look-up to pass by. */
const AHEAD_MS = 4 * DAY_MS;
/** Two instances must not make days at the same moment: one advisory lock, held by the transaction. */
const LOCK = 7_210_001;

/** Makes the partitions from the oldest day that may be shown to some days ahead. Harmless to repeat. */
export async function makePartitions(db: Sql, now: EpochMs): Promise<void> {
  await db.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const there = new Set((await partitions(tx)).map(({ name }) => name));
    for (const [table] of keptBy("day")) {
      for (let day = startOfDay(now - RETENTION_MS); day <= now + AHEAD_MS; day += DAY_MS) {
        if (!there.has(partitionName(table, day))) await makePartition(tx, { table, day });
      }
    }
  });
}

/**
 * Made by itself and attached after: that lets people write meanwhile, and waits for no reader, not even for a dump that takes
 * an hour. Making it as a partition at once would do neither.
 */
export async function makePartition(tx: TransactionSql, { table, day }: { table: string; day: EpochMs }) {
  const name = partitionName(table, day);
  await tx`create table ${tx(name)} (like ${tx(table)} including all)`;
  await tx.unsafe(
    `alter table ${table} attach partition ${name} for values from ('${isoOf(day)}') to ('${isoOf(day + DAY_MS)}')`,
  );
}

export interface Partition {
  name: string;
  table: string;
  bytes: number;
}

/** Every partition there is, oldest day first. */
export async function partitions(db: Sql | TransactionSql): Promise<Partition[]> {
  const found = await db<Partition[]>`
    select c.relname as name, p.relname as table, pg_total_relation_size(c.oid) as bytes
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname = any(${keptBy("day").map(([table]) => table)}) and p.relkind = 'p' order by c.relname`;
  return found.toSorted((a, b) => dayOf(a.name) - dayOf(b.name));
}

/** Name of the partition of a UTC day, like `messages_20261122`. */
export function partitionName(table: string, day: EpochMs): string {
  return `${table}_${isoOf(day).slice(0, 10).replaceAll("-", "")}`;
}

/** First moment of the day that a partition's name says. */
export function dayOf(partition: string): EpochMs {
  const [, year, month, day] = /_(\d{4})(\d{2})(\d{2})$/.exec(partition) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day));
}

export function startOfDay(at: EpochMs): EpochMs {
  return at - (at % DAY_MS);
}

function isoOf(at: EpochMs): string {
  return new Date(at).toISOString();
}
