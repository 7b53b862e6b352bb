/**
 * The audit: who did what as an administrator, to whom, and when. It is written in the transaction of the act, or before an act
 * that has none, so that nothing is done unwritten. The database refuses to change it. It holds ids; no name, no number, no text.
 */
import { userInfo } from "node:os";
import type { Sql, TransactionSql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";

/** Every act. */
export type Act =
  | "user.add"
  | "user.suspend"
  | "user.unsuspend"
  | "user.reset"
  | "user.role"
  | "user.connect"
  | "user.delete"
  | "sessions.look"
  | "sessions.revoke"
  | "keys.make"
  | "keys.reseal";

/** Who acts: an administrator through the app, or whoever has a terminal of the server. */
export type Actor = { user: UserId } | { terminal: string };

export interface Entry {
  act: Act;
  subject?: UserId;
  /** Ids, states and counts. */
  detail?: Record<string, string | number>;
}

export interface AuditRow {
  number: number;
  at: EpochMs;
  actor: UserId | null;
  terminal: string | null;
  act: Act;
  subject: UserId | null;
  detail: Record<string, string | number>;
}

/** Whom the machine knows as running this process: by name, or in a container, which has none, by number. */
export function terminalActor(): Actor {
  const { username, uid } = userInfo();
  return { terminal: username === "unknown" ? `uid ${uid}` : username };
}

export async function writeAudit(
  db: Sql | TransactionSql,
  { act, subject, detail = {} }: Entry,
  { actor, at }: { actor: Actor; at: EpochMs },
): Promise<void> {
  const [user, terminal] = "user" in actor ? [actor.user, null] : [null, actor.terminal];
  await db`
    insert into audit (at, actor_id, terminal, act, subject_id, detail)
    values (${at}, ${user}, ${terminal}, ${act}, ${subject ?? null}, ${db.json(detail)})`;
}

/** The newest entries before `before`, newest first. */
export async function readAudit(
  db: Sql,
  { before = null, limit }: { before?: number | null; limit: number },
): Promise<AuditRow[]> {
  return await db<AuditRow[]>`
    select number, at, actor_id as actor, terminal, act, subject_id as subject, detail from audit
    where number < ${before ?? Number.MAX_SAFE_INTEGER} order by number desc limit ${limit}`;
}
