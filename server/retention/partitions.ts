/**
 * Messages and inbox rows live in one partition for each UTC day, so that a purge drops whole days. Days are made ahead of
 * time by the migrate step and by every running instance; a row never meets a day without its partition.
 */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";

export const DAY_MS = 24 * 60 * 60 * 1_000;
/** How far ahead days are made; every instance makes them several times a day. Each is there for every look-up to pass by. */
const AHEAD_MS = 4 * DAY_MS;
/** Two instances must not make or drop days at the same moment: one advisory lock, held by the transaction. */
const LOCK = 7_210_001;

export const PARTITIONED = ["messages", "inbox"] as const;

/** Makes the partitions from the oldest day that may be shown to some days ahead. Harmless to repeat. */
export async function makePartitions(db: Sql, now: EpochMs): Promise<void> {
  await db.begin(async (tx) => {
    await lockPartitions(tx);
    for (let day = startOfDay(now - RETENTION_MS); day <= now + AHEAD_MS; day += DAY_MS) {
      for (const table of PARTITIONED) {
        await tx.unsafe(
          `create table if not exists ${partitionName(table, day)} partition of ${table}
           for values from ('${isoOf(day)}') to ('${isoOf(day + DAY_MS)}')`,
        );
      }
    }
  });
}

async function lockPartitions(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LOCK})`;
}

/** Name of the partition of a UTC day, like `messages_20261122`. */
export function partitionName(table: (typeof PARTITIONED)[number], day: EpochMs): string {
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
