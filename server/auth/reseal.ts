/**
 * Sealing again: what was written under older secrets gets the newest one, blind indexes included, so that the older ones can go.
 * It runs beside instances that serve. Each row is one small statement that changes it only if it still is as it was read, so
 * nobody waits and nothing that was written meanwhile is lost; and as a row says itself under which secret it is, a run that
 * was killed is simply run again.
 */
import type { Sql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import { emailKey } from "./email.ts";
import type { Keys } from "./keys.ts";

/** Rows read at once. */
const BATCH = 200;
/** Postgres: a unique constraint was violated. */
const TAKEN = "23505";

export interface Resealed {
  /** Rows that are under the newest secret by this run. */
  resealed: number;
  /** Rows that could not be: their secret is gone, or their number is there twice. */
  stuck: UserId[];
}

interface Row {
  id: UserId;
  phoneSealed: string;
  emailSealed: string;
}

/** Resolves when every row is under the newest secret, or known not to get there. */
export async function reseal(db: Sql, keys: Keys): Promise<Resealed> {
  const stuck = new Set<UserId>();
  let resealed = 0;
  for (
    let rows = await readOlder(db, keys, stuck);
    rows.length > 0;
    rows = await readOlder(db, keys, stuck)
  ) {
    for (const row of rows) {
      const result = await resealRow(db, keys, row);
      if (result === "stuck") stuck.add(row.id);
      if (result === "resealed") resealed += 1;
    }
  }
  return { resealed, stuck: [...stuck] };
}

/** How many people are under each secret, by its id; who is under two counts for both. */
export async function countBySecret(db: Sql): Promise<Map<string, number>> {
  const rows = await db<{ secret: string; people: number }[]>`
    select secret, count(*) as people
    from users, lateral (
      select split_part(phone_sealed, '.', 1) as secret union select split_part(email_sealed, '.', 1)
    ) under
    where deleted_at is null
    group by secret order by secret`;
  return new Map(rows.map(({ secret, people }) => [secret, people]));
}

/** Some rows that something older wrote, without those that are known to be stuck. */
async function readOlder(db: Sql, keys: Keys, stuck: ReadonlySet<UserId>): Promise<Row[]> {
  const [newest = ""] = keys.ids;
  return await db<Row[]>`
    select id, phone_sealed as "phoneSealed", email_sealed as "emailSealed" from users
    where not (starts_with(phone_sealed, ${`${newest}.`}) and starts_with(email_sealed, ${`${newest}.`}))
      and deleted_at is null and id <> all(${[...stuck]}::uuid[])
    order by id limit ${BATCH}`;
}

async function resealRow(db: Sql, keys: Keys, row: Row): Promise<"resealed" | "changed" | "stuck"> {
  const { id: user, phoneSealed, emailSealed } = row;
  const opened = open(keys, row);
  if (opened === null) return "stuck";
  const { phone, email } = opened;
  try {
    const { count } = await db`
      update users set
        phone_index = ${keys.blindIndex("phone", phone)}, phone_sealed = ${keys.seal(phone, { user, field: "phone" })},
        email_index = ${keys.blindIndex("email", emailKey(email))},
        email_sealed = ${keys.seal(email, { user, field: "email" })}
      where id = ${user} and phone_sealed = ${phoneSealed} and email_sealed = ${emailSealed}`;
    return count === 1 ? "resealed" : "changed";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === TAKEN) return "stuck";
    throw error;
  }
}

/** Null when it does not open: its secret is not among the keys, or it was damaged. Reported by id; the rest goes on. */
function open(keys: Keys, { id: user, phoneSealed, emailSealed }: Row) {
  try {
    return {
      phone: keys.open(phoneSealed, { user, field: "phone" }),
      email: keys.open(emailSealed, { user, field: "email" }),
    };
  } catch {
    return null;
  }
}
