import type { TransactionSql } from "postgres";
import type { EpochMs, UserId } from "#protocol/ids.ts";
import { appendTo } from "../inbox/append.ts";
import type { Heads } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
import { selectContact } from "./queries.ts";

/** Tells the user how their contact stands with them now, as the transaction has it. */
export async function contactRows(
  tx: TransactionSql,
  { user, contact, heads, at }: { user: UserId; contact: UserId; heads: Heads; at: EpochMs },
): Promise<InboxRow[]> {
  const now = await selectContact(tx, { user, contact });
  if (now === null) throw new Error("telling of a contact: there is nothing between the two");
  return appendTo(heads, [user], { body: { kind: "contact", contact: now }, at });
}
