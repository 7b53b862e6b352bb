/**
 * What a person says of themselves. Their own devices are told by an event; a new name or colour goes to everybody who has them as a
 * contact; a switch changes who sees whom, which the contacts' connections find out without being told why.
 */
import type { Sql, TransactionSql } from "postgres";
import type { Contact, Profile, Switches } from "#protocol/frames.ts";
import type { ProfileChange } from "#protocol/http.ts";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { contactColumns } from "../contacts/columns.ts";
import { appendTo, lockHeads, NOTHING_APPENDED, storeRows } from "../inbox/append.ts";
import type { Appended } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";

/** Somebody may become a contact while their inbox is about to be locked; then all is begun again, at most so often. */
const TRIES = 3;

export interface Changed {
  profile: Profile;
  appended: Appended;
}

/** `change.name` is clean already. Harmless to repeat. */
export async function changeProfile(
  db: Sql,
  request: { user: UserId; change: ProfileChange; at: EpochMs; origin: string },
): Promise<Changed> {
  for (let tries = 1; tries <= TRIES; tries++) {
    const changed = (await db.begin((tx) => tryChange(tx, request))) as Changed | null;
    if (changed !== null) return changed;
  }
  throw new Refusal("unavailable", { detail: "changing a profile: its contacts did not stay the same" });
}

/** Null when somebody has become a contact whose inbox was not locked. */
async function tryChange(
  tx: TransactionSql,
  { user, change, at, origin }: { user: UserId; change: ProfileChange; at: EpochMs; origin: string },
): Promise<Changed | null> {
  const contacts = (await selectViews(tx, user)).map(({ owner }) => owner);
  const heads = await lockHeads(tx, [user, ...contacts]);
  // From here on nobody becomes a contact of the user: that would need the user's own head.
  const known = await selectViews(tx, user);
  if (known.some(({ owner }) => !heads.has(owner))) return null;
  const before = await selectProfile(tx, user);
  const profile: Profile = { ...before, ...change };
  const seen = profile.name !== before.name || profile.hue !== before.hue;
  const shows = profile.showsPresence !== before.showsPresence;
  if (!seen && !shows && profile.sendsReceipts === before.sendsReceipts) {
    return { profile, appended: NOTHING_APPENDED };
  }

  await tx`
    update users set name = ${profile.name}, hue = ${profile.hue}, shows_presence = ${profile.showsPresence},
      sends_receipts = ${profile.sendsReceipts} where id = ${user}`;
  const rows = appendTo(heads, [user], { body: { kind: "settings", profile }, at });
  for (const { owner, ...contact } of seen ? await selectViews(tx, user) : []) {
    rows.push(...appendTo(heads, [owner], { body: { kind: "contact", contact }, at }));
  }
  const stirred = shows && !seen ? contacts : [];
  return { profile, appended: await storeRows(tx, rows, { heads, at, origin, stirred }) };
}

export async function selectProfile(db: Sql | TransactionSql, user: UserId): Promise<Profile> {
  const [profile] = await db<Profile[]>`
    select id, name, hue, shows_presence as "showsPresence", sends_receipts as "sendsReceipts"
    from users where id = ${user} and deleted_at is null`;
  if (profile === undefined) throw new Refusal("not_signed_in", { detail: "the profile of an unknown user" });
  return profile;
}

/** What the user shows of themselves to contacts. */
export async function selectSwitches(db: Sql | TransactionSql, user: UserId): Promise<Switches> {
  const { showsPresence, sendsReceipts } = await selectProfile(db, user);
  return { showsPresence, sendsReceipts };
}

/** How the user stands with everybody who has them as a contact. */
async function selectViews(tx: TransactionSql, user: UserId): Promise<(Contact & { owner: UserId })[]> {
  return await tx<(Contact & { owner: UserId })[]>`
    select k.user_id as owner, u.id, k.conversation_id as conversation, ${contactColumns(tx)}
    from contacts own
    join contacts k on k.user_id = own.contact_id and k.contact_id = own.user_id
    join users u on u.id = own.user_id
    join conversations c on c.id = k.conversation_id
    where own.user_id = ${user} and c.ended_at is null`;
}
