/** What an administrator does with accounts. */
import { randomUUID } from "node:crypto";
import type { Sql, TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import { emailKey, parseEmail } from "../auth/email.ts";
import type { Keys } from "../auth/keys.ts";
import { parsePhone } from "../auth/phone.ts";
import { insertAccount, selectByPhone, updateSuspended } from "../auth/queries.ts";
import type { Sessions } from "../auth/sessions.ts";
import type { Clock } from "../clock.ts";
import { cleanText } from "../messages/text.ts";

const NAME_MAX_CHARS = 80;
/** Postgres: a unique constraint was violated. */
const TAKEN = "23505";

/** The administrator asked for something that cannot be done. The message is a sentence for them, without personal content. */
export class AdminError extends Error {
  override name = "AdminError";
}

export interface UsersDeps {
  db: Sql;
  keys: Keys;
  clock: Clock;
}

export interface NewUser {
  name: string;
  /** With country code. */
  phone: string;
  email: string;
}

/** Adds an account and returns its id. Throws AdminError on a bad name, number or address, or a number that is taken. */
export async function addUser(deps: UsersDeps, user: NewUser): Promise<UserId> {
  try {
    return await deps.db.begin((tx) => addUserIn(tx, user, deps));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === TAKEN) throw taken(error);
    throw error;
  }
}

/** `addUser` in a transaction of the caller's. */
export async function addUserIn(
  tx: TransactionSql,
  user: NewUser,
  { keys, clock }: Omit<UsersDeps, "db">,
): Promise<UserId> {
  const name = cleanText(user.name).replaceAll(/\s+/g, " ");
  if (name === "" || name.length > NAME_MAX_CHARS) {
    throw new AdminError(`A name has 1 to ${NAME_MAX_CHARS} characters.`);
  }
  const email = parseEmail(user.email);
  if (email === null) throw new AdminError("That does not look like an email address.");
  const phone = parsePhone(user.phone);
  // The unique index sees one key's hashes only; after a rotation the number may be there under an older key.
  if ((await selectByPhone(tx, keys.blindIndexes("phone", phone))) !== null) throw taken();

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

/** From now on nobody signs in as `user`, and who is signed in is out. Returns how many sessions ended. */
export async function suspendUser({ db, clock, sessions }: SuspendDeps, user: UserId): Promise<number> {
  // First the row, then the sessions: a sign-in that comes between looks at the row once more.
  await updateSuspended(db, user, clock());
  return sessions.endAll(user);
}

function taken(cause?: unknown): AdminError {
  return new AdminError("There is a user with this phone number already.", { cause });
}
