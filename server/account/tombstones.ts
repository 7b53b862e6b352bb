/**
 * Taking tombstones away once nothing readable is left behind them. First the conversations of a deleted account, when their last
 * message is past the retention; then, when no kept event names the id any more, the id itself. Part of the purge: harmless to
 * repeat, and killed half-way the next one does the rest.
 */
import type { Sql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { lockHeads } from "../inbox/append.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Whole days are dropped, so what was written on one is gone a day after the retention. */
const GONE_AFTER_MS = RETENTION_MS + DAY_MS;

/** Returns how many ids are no more. */
export async function clearTombstones(db: Sql, now: EpochMs): Promise<number> {
  const due = now - GONE_AFTER_MS;
  const ripe = await db<{ id: UserId }[]>`
    select id from users where deleted_at <= ${due} and released_at is null order by deleted_at`;
  for (const { id } of ripe) await release(db, id, now);
  const { count } = await db`
    delete from users where released_at <= ${due} and deleted_at is not null and cleared_at is not null`;
  return count;
}

/** Removes the conversations that named the id. Devices have dropped them by themselves, with their last message. */
async function release(db: Sql, user: UserId, now: EpochMs): Promise<void> {
  await db.begin(async (tx) => {
    const conversations = await tx<{ id: string; peer: UserId }[]>`
      select id, case when low_user = ${user} then high_user else low_user end as peer from conversations
      where ${user} in (low_user, high_user)`;
    await lockHeads(
      tx,
      conversations.map(({ peer }) => peer),
    );
    const ids = conversations.map(({ id }) => id);
    await tx`delete from contacts where conversation_id = any(${ids}::uuid[])`;
    await tx`delete from marks where conversation_id = any(${ids}::uuid[])`;
    await tx`delete from conversations where id = any(${ids}::uuid[])`;
    await tx`update users set released_at = ${now} where id = ${user}`;
  });
}
