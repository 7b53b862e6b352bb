/** What becomes of accounts by an administrator. */
import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import type { NewPerson } from "#protocol/admin.ts";
import type { UserId } from "#protocol/ids.ts";
import { emailKey, parseEmail } from "../auth/email.ts";
import type { Keys } from "../auth/keys.ts";
import { parsePhone } from "../auth/phone.ts";
import { insertAccount, selectByPhone, updateSuspended } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Clock } from "../clock.ts";
import { cleanName } from "../messages/text.ts";
import { Refusal } from "../problem.ts";

/** Postgres: a unique constraint was violated. */
const TAKEN = "23505";

/** What else belongs into the transaction, once it is known whom it is about. */
type Also = (tx: TransactionSql, user: UserId) => Promise<void>;

export interface UsersDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
}

/** The number with its country code. */
export type NewUser = Omit<NewPerson, "country">;

/** Adds an account and returns its id. Throws `bad_name`, `bad_phone`, `bad_email`, or `number_taken`. */
export async function addUser(deps: UsersDeps, user: NewUser, also?: Also): Promise<UserId> {
  try {
    const added = await deps.db.begin(async (tx) => {
      const id = await addUserIn(tx, user, deps);
      await also?.(tx, id);
      return id;
    });
    return added as UserId;
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === TAKEN;
    throw isTaken ? new Refusal("number_taken", { cause: error }) : error;
  }
}

/** `addUser` in a transaction of the caller's; who adds the same number at the same moment makes it fail otherwise. */
export async function addUserIn(
  tx: TransactionSql,
  user: NewUser,
  { keys, clock }: Omit<UsersDeps, "db">,
): Promise<UserId> {
  const name = cleanName(user.name);
  if (name === null) throw new Refusal("bad_name");
  const email = parseEmail(user.email);
  if (email === null) throw new Refusal("bad_email");
  const phone = parsePhone(user.phone);
  // The unique index sees one key's hashes only; after a rotation the number may be there under an older key.
  const other = await selectByPhone(tx, keys.blindIndexes("phone", phone));
  if (other !== null) throw new Refusal("number_taken");

  const id = randomUUID() as UserId;
  await insertAccount(tx, {
    id,
    name,
    phoneIndex: keys.blindIndex("phone", phone),
    phoneSealed: keys.seal(phone, { user: id, field: "phone" }),
    emailIndex: keys.blindIndex("email", emailKey(email)),
    emailSealed: keys.seal(email, { user: id, field: "email" }),
    createdAt: clock(),
  });
  return id;
}

export interface SuspendDeps {
  db: Sql;
  clock: Clock;
  sessions: Pick<Sessions, "endAll">;
}

/**
 * From now on nobody signs in as `user`, and who is signed in is out. Returns how many sessions ended. Throws `not_found` when there
 * is no such user.
 */
export async function suspendUser(
  { db, clock, sessions }: SuspendDeps,
  user: UserId,
  also?: Also,
): Promise<number> {
  // First the row, then the sessions: a sign-in that comes between looks at the row once more.
  await db.begin(async (tx) => {
    if (!(await updateSuspended(tx, user, clock()))) throw new Refusal("not_found");
    await also?.(tx, user);
  });
  return sessions.endAll(user);
}
