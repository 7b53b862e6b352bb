/** SQL of accounts. Numbers and emails come and go as keyed hashes and sealed text, never in clear. */
import type { Sql, TransactionSql } from "postgres";
import type { NewSession } from "#protocol/frames.ts";
import type { Role } from "#protocol/http.ts";
import type { Epoch, EpochMs, UserId } from "#protocol/ids.ts";

type Db = Sql | TransactionSql;

export interface Account {
  id: UserId;
  name: string;
  hue: number | null;
  phoneSealed: string;
  emailSealed: string;
  role: Role;
  suspendedAt: EpochMs | null;
  createdAt: EpochMs;
  /** Null: never. */
  signedInAt: EpochMs | null;
}

export interface NewAccount {
  id: UserId;
  name: string;
  phoneIndex: Buffer;
  phoneSealed: string;
  emailIndex: Buffer;
  emailSealed: string;
  /** Null: by an administrator. */
  invitedBy: UserId | null;
  createdAt: EpochMs;
}

const columns = (db: Db) =>
  db`id, name, hue, phone_sealed as "phoneSealed", email_sealed as "emailSealed", role,
    suspended_at as "suspendedAt", created_at as "createdAt", signed_in_at as "signedInAt"`;

/** The account with one of these phone indexes: the same number under each key. */
export async function selectByPhone(db: Db, indexes: Buffer[]): Promise<Account | null> {
  const [row] = await db<Account[]>`
    select ${columns(db)} from users where deleted_at is null and phone_index = any(${asBytes(db, indexes)})`;
  return row ?? null;
}

/** Ids of the accounts with one of these address indexes: several may share an address. */
export async function selectIdsByEmail(db: Db, indexes: Buffer[]): Promise<UserId[]> {
  const rows = await db<{ id: UserId }[]>`
    select id from users where deleted_at is null and email_index = any(${asBytes(db, indexes)})`;
  return rows.map(({ id }) => id);
}

export async function selectById(db: Db, id: UserId): Promise<Account | null> {
  const [row] = await db<Account[]>`select ${columns(db)} from users where id = ${id} and deleted_at is null`;
  return row ?? null;
}

/** Every account, by name. For the administrator. */
export async function selectAll(db: Db): Promise<Account[]> {
  return await db<
    Account[]
  >`select ${columns(db)} from users where deleted_at is null order by name, created_at`;
}

/** Accounts by name, those after the account `after`. */
export async function selectPage(
  db: Db,
  { after, limit }: { after: UserId | null; limit: number },
): Promise<Account[]> {
  return await db<Account[]>`
    select ${columns(db)} from users
    where deleted_at is null
      and (${after}::uuid is null or (name, id) > (select name, id from users where id = ${after}))
    order by name, id limit ${limit}`;
}

/** Names of those of these accounts that are there. */
export async function selectNames(db: Db, ids: readonly UserId[]): Promise<Map<UserId, string>> {
  const rows = await db<{ id: UserId; name: string }[]>`
    select id, name from users where id = any(${ids as UserId[]}::uuid[]) and deleted_at is null`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}

export async function selectEpoch(db: Db): Promise<Epoch> {
  const [row] = await db<{ epoch: Epoch }[]>`select epoch from log`;
  if (row === undefined) throw new Error("the log has no epoch: the database was not migrated");
  return row.epoch;
}

/** Adds the account and its empty inbox. Violates a unique constraint when the number is taken. */
export async function insertAccount(tx: TransactionSql, account: NewAccount): Promise<void> {
  const { id, name, phoneIndex, phoneSealed, emailIndex, emailSealed, invitedBy, createdAt } = account;
  await tx`
    insert into users (id, name, phone_index, phone_sealed, email_index, email_sealed, invited_by, created_at)
    values (${id}, ${name}, ${phoneIndex}, ${phoneSealed}, ${emailIndex}, ${emailSealed}, ${invitedBy}, ${createdAt})`;
  await tx`insert into inbox_heads (user_id) values (${id})`;
}

/** Keeps the first moment when it is suspended twice. False when there is no such account. */
export async function updateSuspended(db: Db, id: UserId, at: EpochMs | null): Promise<boolean> {
  const { count } = await db`
    update users set suspended_at = case when ${at === null} then null else coalesce(suspended_at, ${at}) end
    where id = ${id} and deleted_at is null`;
  return count > 0;
}

/** False when there is no such account. */
export async function updateRole(db: Db, id: UserId, role: Role): Promise<boolean> {
  const { count } = await db`update users set role = ${role} where id = ${id} and deleted_at is null`;
  return count > 0;
}

/**
 * Sets when the account was last signed in to, and returns when that was before; null: never. Undefined when there is no such
 * account any more. The caller holds its head.
 */
export async function updateSignedIn(
  tx: TransactionSql,
  user: UserId,
  at: EpochMs,
): Promise<EpochMs | null | undefined> {
  const [before] = await tx<{ at: EpochMs | null }[]>`
    select signed_in_at as at from users where id = ${user} and deleted_at is null`;
  await tx`update users set signed_in_at = ${at} where id = ${user} and deleted_at is null`;
  return before?.at;
}

export async function insertSignIn(tx: TransactionSql, user: UserId, session: NewSession): Promise<void> {
  const { id, device, at } = session;
  await tx`insert into sign_ins (session_id, user_id, device, at) values (${id}, ${user}, ${device}, ${at})`;
}

/** Sessions of `user` that began after `since`, oldest first. */
export async function selectSignIns(
  db: Db,
  user: UserId,
  { since }: { since: EpochMs },
): Promise<NewSession[]> {
  return await db<NewSession[]>`
    select session_id as id, device, at from sign_ins where user_id = ${user} and at > ${since} order by at`;
}

/** A set of bytes, sent as hex: the client has no way to write an array of them. */
function asBytes(db: Db, values: Buffer[]) {
  const hexes = values.map((bytes) => bytes.toString("hex"));
  return db`select decode(hex, 'hex') from unnest(${hexes}::text[]) as hex`;
}
