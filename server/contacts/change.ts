/**
 * What a person settles about a contact: how they call them, whether they hear of them, whether they let them in, and whether
 * they still are contacts. Each change is one transaction, told to the person's own devices as the state that it came to. The
 * other one is told nothing, except that it has ended.
 */
import type { TransactionSql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { ContactChange } from "#protocol/http.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { lockHeads, NOTHING_APPENDED, storeRows } from "../inbox/append.ts";
import type { Appended } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { letIn, liftBlock, shutOut } from "./block.ts";
import { selectContact } from "./queries.ts";
import { contactRows } from "./tell.ts";

/** Whose contact it is about. */
export interface About {
  user: UserId;
  contact: UserId;
}

export interface ChangeOptions {
  at: EpochMs;
  /** Id of the instance that does it. */
  origin: string;
}

/** `change.alias` is clean already. Harmless to repeat. Throws `not_found` for whoever is no contact of the user. */
export async function changeContact(
  tx: TransactionSql,
  { user, contact, change }: About & { change: ContactChange },
  { at, origin }: ChangeOptions,
): Promise<{ contact: Contact; appended: Appended }> {
  const heads = await lockHeads(tx, [user]);
  const before = await selectContact(tx, { user, contact });
  if (before === null || (before.standing !== "contact" && before.standing !== "blocked")) {
    throw new Refusal("not_found");
  }
  const { conversation } = before;
  const { alias = before.alias, muted = before.muted } = change;
  const blocks = change.blocked ?? before.standing === "blocked";
  const turned = blocks !== (before.standing === "blocked");
  if (alias === before.alias && muted === before.muted && !turned) {
    return { contact: before, appended: NOTHING_APPENDED };
  }

  await tx`update contacts set alias = ${alias}, muted = ${muted} where user_id = ${user} and contact_id = ${contact}`;
  if (turned && blocks) await shutOut(tx, { user, conversation, at });
  const after = turned && !blocks ? await liftBlock(tx, { user, conversation }) : null;
  const rows = await contactRows(tx, { user, contact, heads, at });
  if (after !== null) rows.push(...(await letIn(tx, { user, conversation, after, heads, now: at })));
  // Whom one sees, and by whom one is seen, turns for both; only one of them is to know why.
  const appended = await storeRows(tx, rows, { heads, at, origin, stirred: turned ? [contact] : [] });
  return {
    contact: { ...before, alias, muted, standing: blocks ? "blocked" : "contact" },
    appended,
  };
}

/**
 * Ends the relation for both. The user's own side is gone with it; the other keeps what was said until the retention takes it, or
 * they remove it too. Throws `not_found` when there is nothing to remove.
 */
export async function removeContact(
  tx: TransactionSql,
  { user, contact }: About,
  { at, origin }: ChangeOptions,
): Promise<Appended> {
  const heads = await lockHeads(tx, [user, contact]);
  const before = await selectContact(tx, { user, contact });
  if (before === null || before.standing === "removed") throw new Refusal("not_found");
  await tx`delete from contacts where user_id = ${user} and contact_id = ${contact}`;
  const rows = await contactRows(tx, { user, contact, heads, at });
  if (before.standing === "contact" || before.standing === "blocked") {
    await tx`update conversations set ended_at = ${at} where id = ${before.conversation}`;
    await tx`
      update contacts set ended_at = ${at}, ended_name = (select name from users where id = ${user})
      where user_id = ${contact} and contact_id = ${user}`;
    rows.push(...(await contactRows(tx, { user: contact, contact: user, heads, at })));
  }
  return storeRows(tx, rows, { heads, at, origin });
}
