/** Reading who is whose contact. */
import type { Sql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";

/** Contacts of a user, by name. */
export async function contactsOf(db: Sql, user: UserId): Promise<Contact[]> {
  return await db<Contact[]>`
    select u.id, u.name, c.conversation_id as conversation
    from contacts c join users u on u.id = c.contact_id
    where c.user_id = ${user}
    order by u.name, u.id`;
}
