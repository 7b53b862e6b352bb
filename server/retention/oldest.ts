/**
 * When the oldest row that is left was written, cheaply enough to be asked at every scrape. The first day that has a row is
 * found without counting; the first row of a day never changes once there is one, so each day is searched once.
 */
import type { Sql } from "postgres";
import type { EpochMs } from "#protocol/ids.ts";
import { dayOf, PARTITIONED } from "./partitions.ts";

const MOMENT = { messages: "sent_at", inbox: "at" } as const;

/** The returned function resolves to null when no row is left. */
export function createOldestRow(db: Sql): () => Promise<EpochMs | null> {
  const known = new Map<string, EpochMs>();

  async function oldestOf(table: (typeof PARTITIONED)[number]): Promise<EpochMs | null> {
    const partitions = await db<{ name: string }[]>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ${table}::regclass order by c.relname`;
    for (const { name } of partitions.toSorted((a, b) => dayOf(a.name) - dayOf(b.name))) {
      const at = known.get(name) ?? (await firstOf(name, MOMENT[table]));
      if (at === null) continue;
      known.set(name, at);
      return at;
    }
    return null;
  }

  async function firstOf(partition: string, moment: string): Promise<EpochMs | null> {
    const some = await db`select from ${db(partition)} limit 1`;
    if (some.length === 0) return null;
    const [row] = await db<{ at: EpochMs | null }[]>`select min(${db(moment)}) as at from ${db(partition)}`;
    return row?.at ?? null;
  }

  return async () => {
    const found = (await Promise.all(PARTITIONED.map(oldestOf))).filter((at) => at !== null);
    return found.length === 0 ? null : Math.min(...found);
  };
}
