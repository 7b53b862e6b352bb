/** What becomes of accounts by an administrator. */
import type { Sql, TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import type { Keys } from "../auth/keys.ts";
import { addUserIn, isTaken } from "../auth/new_account.ts";
import type { NewUser } from "../auth/new_account.ts";
import { updateSuspended } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Clock } from "../clock.ts";
import { Refusal } from "../problem.ts";

/** What else belongs into the transaction, once it is known whom it is about. */
type Also = (tx: TransactionSql, user: UserId) => Promise<void>;

export interface UsersDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
}

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
    throw isTaken(error) ? new Refusal("number_taken", { cause: error }) : error;
  }
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
