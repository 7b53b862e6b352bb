/** Two people to try the product with, in the embedded way. Their numbers are set aside for fiction; their mail is caught. */
import { connectUsers } from "../contacts/connect.ts";
import type { ConnectOptions } from "../contacts/connect.ts";
import { addUserIn } from "../auth/new_account.ts";
import type { UsersDeps } from "./users.ts";

export const DEMO_PEOPLE = [
  { name: "Alice", phone: "+1 202 555 0101", email: "alice@example.org" },
  { name: "Bob", phone: "+1 202 555 0102", email: "bob@example.org" },
] as const;

/** Racing starts come one after the other: whoever holds this seeds. Any number, as long as nothing else locks it. */
const LOCK = 7_205_392;

/** Puts the demo people, contacts of one another, into a database without users; true when it did. */
export async function seedDemo(deps: UsersDeps & Pick<ConnectOptions, "origin">): Promise<boolean> {
  return await deps.db.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${LOCK})`;
    const [anybody] = await tx`select 1 from users limit 1`;
    if (anybody !== undefined) return false;
    const [alice, bob] = DEMO_PEOPLE;
    const pair = [await addUserIn(tx, alice, deps), await addUserIn(tx, bob, deps)] as const;
    await connectUsers(tx, pair, { at: deps.clock(), origin: deps.origin });
    return true;
  });
}
