/**
 * What an administrator does, from a terminal or the page: each act is the same code, and each is in the audit, in its own
 * transaction where it has one.
 */
import type { Sql, TransactionSql } from "postgres";
import type { Role } from "#protocol/http.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Deletion } from "../account/deletion.ts";
import type { Codes } from "../auth/codes.ts";
import type { Keys } from "../auth/keys.ts";
import { selectById, updateRole, updateSuspended } from "../auth/queries.ts";
import type { Session, Sessions } from "../auth/sessions.ts";
import type { Throttle } from "../auth/throttle.ts";
import type { Clock } from "../clock.ts";
import { connectUsers } from "../contacts/connect.ts";
import type { Appended } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { writeAudit } from "./audit.ts";
import type { Actor, Entry } from "./audit.ts";
import { addUser, suspendUser } from "./users.ts";
import type { NewUser } from "../auth/new_account.ts";

export interface ActDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
  sessions: Sessions;
  codes: Pick<Codes, "forget">;
  throttle: Pick<Throttle, "forget">;
  deletion: Pick<Deletion, "end">;
  /** Names this process in what it appends to inboxes. */
  origin: string;
  /** Gets what an act appended to inboxes, after its commit. */
  appended: (appended: Appended) => void;
}

export type Acts = ReturnType<typeof createActs>;

/** Every act throws `not_found` for a user who does not exist. */
export function createActs(deps: ActDeps, actor: Actor) {
  const { db, keys, clock, sessions } = deps;
  const audit = (entry: Entry, tx: Parameters<typeof writeAudit>[0] = db) =>
    writeAudit(tx, entry, { actor, at: clock() });

  /** Throws `bad_name`, `bad_phone`, `bad_email`, or `number_taken`. */
  function add(user: NewUser): Promise<UserId> {
    return addUser(deps, user, (tx, id) => audit({ act: "user.add", subject: id }, tx));
  }

  /** Signs `user` out everywhere, and keeps them out. Returns how many sessions ended. */
  function suspend(user: UserId): Promise<number> {
    return suspendUser(deps, user, (tx) => audit({ act: "user.suspend", subject: user }, tx));
  }

  async function unsuspend(user: UserId): Promise<void> {
    await changeUser({ act: "user.unsuspend", subject: user }, (tx) => updateSuspended(tx, user, null));
  }

  async function setRole(user: UserId, role: Role): Promise<void> {
    const entry: Entry = { act: "user.role", subject: user, detail: { role } };
    await changeUser(entry, (tx) => updateRole(tx, user, role));
  }

  async function changeUser(entry: Entry, change: (tx: TransactionSql) => Promise<boolean>): Promise<void> {
    await db.begin(async (tx) => {
      if (!(await change(tx))) throw new Refusal("not_found");
      await audit(entry, tx);
    });
  }

  /** Voids the code of `user`, and lets them ask for one at once. */
  async function reset(user: UserId): Promise<void> {
    const account = await selectById(db, user);
    if (account === null) throw new Refusal("not_found");
    await audit({ act: "user.reset", subject: user });
    const phone = keys.open(account.phoneSealed, { user, field: "phone" });
    await Promise.all([deps.codes.forget(phone), deps.throttle.forget(phone)]);
  }

  /** Makes two people contacts. False when they were already. */
  async function connect(first: UserId, second: UserId): Promise<boolean> {
    const appended = (await db.begin(async (tx) => {
      const connected = await connectUsers(tx, [first, second], { at: clock(), origin: deps.origin });
      await audit({ act: "user.connect", subject: first, detail: { with: second } }, tx);
      return connected;
    })) as Appended;
    deps.appended(appended);
    return appended.rows.length > 0;
  }

  /** Ends the account of `user`, as they could themselves. */
  async function remove(user: UserId): Promise<void> {
    await deps.deletion.end(user, (tx) => audit({ act: "user.delete", subject: user }, tx));
  }

  /** Where `user` is signed in. Looking is in the audit too: it is theirs alone to know. */
  async function sessionsOf(user: UserId): Promise<Session[]> {
    await audit({ act: "sessions.look", subject: user });
    return sessions.list(user);
  }

  /** Ends all sessions of `user`, or the one; returns how many ended. */
  async function revoke(user: UserId, session?: SessionId): Promise<number> {
    const detail: Record<string, string> = session === undefined ? {} : { session };
    await audit({ act: "sessions.revoke", subject: user, detail });
    if (session === undefined) return sessions.endAll(user);
    return (await sessions.endById(user, session)) ? 1 : 0;
  }

  return { add, suspend, unsuspend, setRole, reset, connect, remove, sessionsOf, revoke, audit };
}
