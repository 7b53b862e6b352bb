/** Reading who is what to whom. */
import type { Sql, TransactionSql } from "postgres";
import type { Contact } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import { relationOf } from "../privacy/table.ts";
import type { Relation } from "#protocol/privacy.ts";
import { blockedAfter, blocksAfter, contactColumns } from "./columns.ts";

type Reader = Sql | TransactionSql;

/** Contacts of a user, by name. */
export async function contactsOf(db: Sql, user: UserId): Promise<Contact[]> {
  return await db<Contact[]>`
    select u.id, k.conversation_id as conversation, ${contactColumns(db)}
    from contacts k join users u on u.id = k.contact_id join conversations c on c.id = k.conversation_id
    where k.user_id = ${user} and c.ended_at is null
    order by u.name, u.id`;
}

/** How `contact` stands with `user` now; null when there never was anything between them. */
export async function selectContact(
  db: Reader,
  { user, contact }: { user: UserId; contact: UserId },
): Promise<Contact | null> {
  const [row] = await db<Contact[]>`
    select u.id, c.id as conversation, ${contactColumns(db)}
    from conversations c join users u on u.id = ${contact}
    left join contacts k on k.user_id = ${user} and k.contact_id = ${contact}
    where c.low_user = least(${user}::uuid, ${contact}::uuid)
      and c.high_user = greatest(${user}::uuid, ${contact}::uuid)`;
  return row ?? null;
}

/** Somebody whom a user has as a contact, as far as what they learn of one another goes. */
export interface Peer {
  id: UserId;
  /** What the peer is to the user. */
  relation: Relation;
  /** What the user is to the peer. */
  relationBack: Relation;
  /** Both show it. */
  showsPresence: boolean;
}

/** Everybody whom a user has as a contact, in an order that says nothing about them. */
export async function peersOf(db: Sql, user: UserId): Promise<Peer[]> {
  const rows = await db<{ id: UserId; blocks: boolean; blocked: boolean; showsPresence: boolean }[]>`
    select k.contact_id as id, (${blocksAfter(db)}) is not null as blocks,
      (${blockedAfter(db)}) is not null as blocked, u.shows_presence and me.shows_presence as "showsPresence"
    from contacts k
    join conversations c on c.id = k.conversation_id
    join users u on u.id = k.contact_id
    join users me on me.id = k.user_id
    where k.user_id = ${user} and c.ended_at is null
    order by k.contact_id`;
  return rows.map(({ id, blocks, blocked, showsPresence }) => ({
    id,
    relation: relationOf({ contacts: true, blocks, blocked }),
    relationBack: relationOf({ contacts: true, blocks: blocked, blocked: blocks }),
    showsPresence,
  }));
}
