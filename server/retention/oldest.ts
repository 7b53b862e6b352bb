/** When the oldest row that is left was written. */
import type { Sql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { keptBy } from "./kept.ts";
import { partitions } from "./partitions.ts";

/**
 * Of the days, cheaply enough to be asked at every scrape: the first day that has a row is found without counting, and the first
 * row of a day never changes once there is one, so each day is searched once. Resolves to null when no row is left.
 */
export function createOldestRow(db: Sql): () => Promise<EpochMs | null> {
  const known = new Map<string, EpochMs>();
  return async () => {
    const found = await Promise.all(keptBy("day").map(([table]) => oldestOfDays(db, { table, known })));
    return found.reduce(
      (oldest, at) => (oldest === null || (at !== null && at < oldest) ? at : oldest),
      null,
    );
  };
}

/** Of each table that does not keep its rows for ever, by its name; null when it is empty. */
export async function readOldest(db: Sql): Promise<Record<string, EpochMs | null>> {
  const known = new Map<string, EpochMs>();
  const found = await Promise.all([
    ...keptBy("day").map(async ([table]) => [table, await oldestOfDays(db, { table, known })] as const),
    ...keptBy("row").map(async ([table, { moment }]) => {
      const [row] = await db<{ at: EpochMs | null }[]>`
        select min(${db(moment)}) as at from ${db(table)} where ${db(moment)} > 'epoch'`;
      return [table, row?.at ?? null] as const;
    }),
  ]);
  return Object.fromEntries(found);
}

async function oldestOfDays(
  db: Sql,
  { table, known }: { table: string; known: Map<string, EpochMs> },
): Promise<EpochMs | null> {
  const moment = new Map(keptBy("day")).get(table)?.moment ?? "";
  for (const { name } of (await partitions(db)).filter((partition) => partition.table === table)) {
    const at = known.get(name) ?? (await firstOf(db, { partition: name, moment }));
    if (at === null) continue;
    known.set(name, at);
    return at;
  }
  return null;
}

async function firstOf(db: Sql, { partition, moment }: { partition: string; moment: string }) {
  const some = await db`select from ${db(partition)} limit 1`;
  if (some.length === 0) return null;
  const [row] = await db<{ at: EpochMs | null }[]>`select min(${db(moment)}) as at from ${db(partition)}`;
  return row?.at ?? null;
}
