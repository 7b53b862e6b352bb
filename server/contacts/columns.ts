/**
 * How rows read that tell how two people stand, for every query that has one: `u` is the contact, `k` the owner's row about them
 * (none when they were removed), `c` their conversation. Of somebody who is no contact any more, nothing new is read.
 */
import type { Fragment, Sql, TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";

type Reader = Sql | TransactionSql;

/** The columns of a `Contact`, except ids. */
export function contactColumns(db: Reader) {
  return db`
    case when k.user_id is null then '' else coalesce(k.ended_name, u.name) end as name,
    case when k.user_id is null or c.ended_at is not null then null else u.hue end as hue,
    k.alias, coalesce(k.muted, false) as muted,
    case when k.user_id is null then 'removed' when u.deleted_at is not null then 'deleted' when c.ended_at is not null then 'ended'
      when ${blocksAfter(db)} is not null then 'blocked' else 'contact' end as standing`;
}

/** Seq after which the owner of `k` shuts out what the contact writes; null: lets them in. */
export function blocksAfter(db: Reader) {
  return sideOf(db, { of: db`k.user_id`, low: db`c.low_blocks_after`, high: db`c.high_blocks_after` });
}

/** The same, of the contact about the owner of `k`. */
export function blockedAfter(db: Reader) {
  return sideOf(db, { of: db`k.user_id`, low: db`c.high_blocks_after`, high: db`c.low_blocks_after` });
}

/** The newest seq of `c` that a user may see. */
export function shownTo(db: Reader, user: UserId | Fragment) {
  const after = sideOf(db, { of: user, low: db`c.low_blocks_after`, high: db`c.high_blocks_after` });
  return db`least(c.head_seq, ${after})`;
}

/** Since when a user shuts out the other one of `c`; null: lets them in. */
export function blocksAt(db: Reader, user: UserId | Fragment) {
  return sideOf(db, { of: user, low: db`c.low_blocks_at`, high: db`c.high_blocks_at` });
}

function sideOf(db: Reader, { of, low, high }: { of: UserId | Fragment; low: Fragment; high: Fragment }) {
  return db`case when c.low_user = ${of} then ${low} when c.high_user = ${of} then ${high} end`;
}
