/** What the page for administrators shows of people and of the audit, a page at a time. */
import type { Sql } from "postgres";
import type { AdminPeople, AdminPerson, AuditPage, Mentioned } from "#protocol/admin.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Keys } from "../auth/keys.ts";
import { phoneHint } from "../auth/phone.ts";
import type { Account } from "../auth/queries.ts";
import { selectNames, selectPage } from "../auth/queries.ts";
import { readAudit } from "./audit.ts";

/** Rows of a page. */
const PEOPLE = 100;
const ENTRIES = 50;

/** People by name, those after `after`. */
export async function readPeople(
  { db, keys }: { db: Sql; keys: Keys },
  { after }: { after: UserId | null },
): Promise<AdminPeople> {
  const accounts = await selectPage(db, { after, limit: PEOPLE + 1 });
  return {
    people: accounts.slice(0, PEOPLE).map((account) => personOf(account, keys)),
    more: accounts.length > PEOPLE,
  };
}

function personOf({ phoneSealed, ...account }: Account, keys: Keys): AdminPerson {
  const { id, name, role, createdAt, signedInAt, suspendedAt } = account;
  const phone = keys.open(phoneSealed, { user: id, field: "phone" });
  return { id, name, phoneHint: phoneHint(phone), role, createdAt, signedInAt, suspendedAt };
}

/** Entries of the audit, newest first, those before `before`. */
export async function readEntries(db: Sql, { before }: { before: number | null }): Promise<AuditPage> {
  const rows = await readAudit(db, { before, limit: ENTRIES + 1 });
  const shown = rows.slice(0, ENTRIES);
  const names = await selectNames(
    db,
    shown.flatMap(({ actor, subject }) => [actor, subject]).filter((id) => id !== null),
  );
  const mention = (id: UserId | null): Mentioned | null =>
    id === null ? null : { id, name: names.get(id) ?? null };
  return {
    entries: shown.map(({ actor, subject, ...entry }) => ({
      ...entry,
      actor: mention(actor),
      subject: mention(subject),
    })),
    more: rows.length > ENTRIES,
  };
}
