/** SQL of invites. Their tokens come and go as hashes only. */
import type { Sql, TransactionSql } from "postgres";
import type { Invite, Inviter } from "#protocol/http.ts";
import type { EpochMs, InviteId, UserId } from "#protocol/ids.ts";
import { INVITE_TTL_MS } from "#protocol/limits.ts";

type Db = Sql | TransactionSql;

/** Looked up where there is no inviter (RFC 9562, section 5.9: the nil UUID, which no user has). */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** An invite as whoever shows its token may use it. */
export interface FoundInvite {
  id: InviteId;
  inviter: UserId;
  /** Who shows it has used it already. */
  used: boolean;
  by: Inviter;
}

/**
 * The invite of this token for `user`, unless it ran out, was revoked, was used by somebody else, never was, or who made it is not to be
 * met any more. Always the same look-ups and one row of answer, so that the time it takes tells nothing.
 */
export async function selectByToken(
  db: Db,
  tokenHash: string,
  { user, now }: { user: UserId | null; now: EpochMs },
): Promise<FoundInvite | null> {
  const [row] = await db<(Omit<FoundInvite, "by" | "id"> & { id: InviteId | null } & Inviter)[]>`
    select case when u.id is null then null else i.id end as id, i.inviter_id as inviter,
      i.used_at is not null as used, u.name, u.hue
    from (values (${tokenHash})) as shown (token_hash)
    left join invites i on i.token_hash = shown.token_hash and i.created_at > ${now - INVITE_TTL_MS}
      and (i.used_at is null or i.used_by = ${user ?? NOBODY})
    left join users u on u.id = coalesce(i.inviter_id, ${NOBODY}) and u.deleted_at is null and u.suspended_at is null`;
  if (row === undefined || row.id === null) return null;
  const { id, name, hue, ...invite } = row;
  return { ...invite, id, by: { name, hue } };
}

/** Open invites of a user, newest first. */
export async function selectOpen(db: Db, user: UserId, { now }: { now: EpochMs }): Promise<Invite[]> {
  const rows = await db<Omit<Invite, "expiresAt">[]>`
    select id, created_at as "createdAt" from invites
    where inviter_id = ${user} and used_at is null and created_at > ${now - INVITE_TTL_MS}
    order by created_at desc, id`;
  return rows.map((row) => ({ ...row, expiresAt: row.createdAt + INVITE_TTL_MS }));
}

/** By whose invite the user came in; null: an administrator added them, or who invited them has left. */
export async function selectInvitedBy(db: Db, user: UserId): Promise<UserId | null> {
  const [row] = await db<{ by: UserId | null }[]>`select invited_by as by from users where id = ${user}`;
  return row?.by ?? null;
}

export async function insertInvite(
  tx: TransactionSql,
  { id, tokenHash, inviter, at }: { id: InviteId; tokenHash: string; inviter: UserId; at: EpochMs },
): Promise<void> {
  await tx`
    insert into invites (id, token_hash, inviter_id, created_at) values (${id}, ${tokenHash}, ${inviter}, ${at})`;
}

/** False when the user has no such open invite. */
export async function deleteOpen(
  db: Db,
  { id, inviter }: { id: InviteId; inviter: UserId },
): Promise<boolean> {
  const { count } = await db`
    delete from invites where id = ${id} and inviter_id = ${inviter} and used_at is null`;
  return count > 0;
}

/** Uses the invite up: of all who try at once, one is told true. `by`: null when nobody comes in by it. */
export async function useUp(
  tx: TransactionSql,
  id: InviteId,
  { by, at }: { by: UserId | null; at: EpochMs },
): Promise<boolean> {
  const { count } = await tx`
    update invites set used_at = ${at}, used_by = ${by} where id = ${id} and used_at is null`;
  return count > 0;
}
