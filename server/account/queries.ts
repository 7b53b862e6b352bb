/** SQL of the end of an account. */
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { columnsOf } from "./remains.ts";

/** Accounts that are finished in one go. */
const BATCH = 50;

/** Everybody who has a conversation with `user`. */
export async function selectPeers(tx: TransactionSql, user: UserId): Promise<UserId[]> {
  const rows = await tx<{ peer: UserId }[]>`
    select high_user as peer from conversations where low_user = ${user}
    union select low_user from conversations where high_user = ${user}`;
  return rows.map(({ peer }) => peer);
}

/** Those of them in whose list `user` still stands. */
export async function selectOwners(tx: TransactionSql, user: UserId): Promise<UserId[]> {
  const rows = await tx<
    { owner: UserId }[]
  >`select user_id as owner from contacts where contact_id = ${user}`;
  return rows.map(({ owner }) => owner);
}

/** Takes all that is personal from the account's row. False when there is no such account any more. */
export async function makeTombstone(tx: TransactionSql, user: UserId, at: EpochMs): Promise<boolean> {
  const { count } = await tx`
    update users set deleted_at = ${at}, name = '', hue = null, role = 'member', invited_by = null, suspended_at = null,
      signed_in_at = null, shows_presence = false, sends_receipts = false,
      phone_index = null, phone_sealed = null, email_index = null, email_sealed = null
    where id = ${user} and deleted_at is null`;
  return count > 0;
}

/** Takes every row that is the person's alone, and their name from those that stay. */
export async function deleteOwn(tx: TransactionSql, user: UserId): Promise<void> {
  for (const { table, column } of columnsOf("gone")) {
    await tx`delete from ${tx(table)} where ${tx(column)} = ${user}`;
  }
  for (const { table, column } of columnsOf("cleared")) {
    await tx`update ${tx(table)} set ${tx(column)} = null where ${tx(column)} = ${user}`;
  }
}

/** Ends every relation, as removing a contact does. What others called the person goes as well: it is their name. */
export async function endConversations(tx: TransactionSql, user: UserId, at: EpochMs): Promise<void> {
  await tx`
    update conversations set ended_at = coalesce(ended_at, ${at}) where ${user} in (low_user, high_user)`;
  await tx`
    update contacts set ended_at = coalesce(ended_at, ${at}), ended_name = '', alias = null
    where contact_id = ${user}`;
}

/** Deleted accounts of which the store may still hold something. */
export async function selectUncleared(db: Sql): Promise<UserId[]> {
  const rows = await db<{ id: UserId }[]>`
    select id from users where deleted_at is not null and cleared_at is null order by deleted_at limit ${BATCH}`;
  return rows.map(({ id }) => id);
}

export async function markCleared(db: Sql, user: UserId, at: EpochMs): Promise<void> {
  await db`update users set cleared_at = ${at} where id = ${user}`;
}
