/** An account comes into being, whoever brings it in: an administrator, or somebody with an invite. */
import { randomUUID } from "node:crypto";
import type { TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";
import { cleanName } from "../messages/text.ts";
import { Refusal } from "../problem.ts";
import { emailKey, parseEmail } from "./email.ts";
import type { Keys } from "./keys.ts";
import { parsePhone } from "./phone.ts";
import { insertAccount, selectByPhone } from "./queries.ts";

/** Postgres: a unique constraint was violated. */
const TAKEN = "23505";

export interface NewUser {
  name: string;
  /** The number with its country code. */
  phone: string;
  email: string;
  invitedBy?: UserId;
}

/**
 * Adds the account in a transaction of the caller's. Throws `bad_name`, `bad_phone`, `bad_email`, or `number_taken`; who adds the same
 * number at the same moment makes it fail otherwise, see `isTaken`.
 */
export async function addUserIn(
  tx: TransactionSql,
  user: NewUser,
  { keys, clock }: { keys: Keys; clock: Clock },
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
    invitedBy: user.invitedBy ?? null,
    createdAt: clock(),
  });
  return id;
}

/** Whether a transaction failed because somebody else took the number meanwhile. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === TAKEN;
}
