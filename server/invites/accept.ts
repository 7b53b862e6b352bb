/** Somebody who has an account becomes a contact of whoever invited them. */
import type { Sql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { hashToken } from "../auth/tokens.ts";
import { connectUsers } from "../contacts/connect.ts";
import { selectContact } from "../contacts/queries.ts";
import type { Appended } from "../inbox/append.ts";
import { lockHeads, NOTHING_APPENDED } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { selectByToken, useUp } from "./queries.ts";

export interface Accepted {
  contact: Contact;
  /** For the publisher, after the commit. */
  appended: Appended;
}

/**
 * In one transaction of its own. Harmless to repeat for who used it. Whoever is a contact already does not use it up: it was meant for
 * somebody else. A block of who made it stays, and neither answer tells of it. Throws `no_invite` or `own_invite`.
 */
export async function acceptInvite(
  db: Sql,
  { user, token }: { user: UserId; token: string },
  { at, origin }: { at: EpochMs; origin: string },
): Promise<Accepted> {
  const invite = await selectByToken(db, hashToken(token), { user, now: at });
  if (invite === null) throw new Refusal("no_invite");
  const { id, inviter, used: again } = invite;
  if (inviter === user) throw new Refusal("own_invite");
  return (await db.begin(async (tx) => {
    // Before anything else, as whoever appends.
    await lockHeads(tx, [inviter, user]);
    const before = await selectContact(tx, { user, contact: inviter });
    const known = before?.standing === "contact" || before?.standing === "blocked";
    if (!known && (again || !(await useUp(tx, id, { by: user, at })))) throw new Refusal("no_invite");
    const appended = again
      ? NOTHING_APPENDED
      : await connectUsers(tx, [inviter, user], { at, origin, willing: [user] });
    const contact = await selectContact(tx, { user, contact: inviter });
    if (contact === null) throw new Error("accepting an invite: there is nothing between the two");
    return { contact, appended };
  })) as Accepted;
}
