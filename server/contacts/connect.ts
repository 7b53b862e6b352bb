/**
 * Making two users contacts: their conversation, their marks, both sides of the relation, and one event in each inbox, in the
 * caller's one transaction. The heads of both inboxes are locked before anything else, as by whoever appends: so two who
 * connect the same pair at once come one after the other, and the second finds everything done.
 */
import type { TransactionSql } from "postgres";
import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import { lockHeads, NOTHING_APPENDED, storeRows } from "../inbox/append.ts";
import type { Appended } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";
import { letIn, liftBlock } from "./block.ts";
import { contactRows } from "./tell.ts";

export interface ConnectOptions {
  at: EpochMs;
  /** Id of the instance that does it. */
  origin: string;
  /** Whoever of the two has just said that they want it: if they had blocked the other, that is over. Nobody else lifts a block. */
  willing?: readonly UserId[];
}

/**
 * Harmless to repeat: what was there stays, and nothing is appended then. Throws `not_found` when one of them does not exist,
 * `bad_request` when they are one and the same. What was appended is for the publisher, after the commit.
 */
export async function connectUsers(
  tx: TransactionSql,
  pair: readonly [UserId, UserId],
  { at, origin, willing = [] }: ConnectOptions,
): Promise<Appended> {
  const [one, other] = pair;
  if (one === other) throw new Refusal("bad_request", { detail: "a user cannot be their own contact" });
  const heads = await lockHeads(tx, pair);
  if (heads.size < pair.length) throw new Refusal("not_found", { detail: "one of two users does not exist" });

  const conversation = await ensureConversation(tx, pair);
  const made = await ensureContacts(tx, pair, { conversation, at });
  const lifted = [];
  for (const user of willing) {
    const after = await liftBlock(tx, { user, conversation });
    if (after !== null) lifted.push({ user, after });
  }
  const changed = made ? pair : lifted.map(({ user }) => user);
  if (changed.length === 0) return NOTHING_APPENDED;

  const rows = [];
  for (const user of changed) {
    rows.push(...(await contactRows(tx, { user, contact: user === one ? other : one, heads, at })));
  }
  for (const { user, after } of lifted) {
    rows.push(...(await letIn(tx, { user, conversation, after, heads, now: at })));
  }
  return storeRows(tx, rows, { heads, at, origin, stirred: pair.filter((user) => !changed.includes(user)) });
}

async function ensureConversation(
  tx: TransactionSql,
  [one, other]: readonly [UserId, UserId],
): Promise<ConversationId> {
  await tx`
    insert into conversations (id, low_user, high_user)
    values (gen_random_uuid(), least(${one}::uuid, ${other}::uuid), greatest(${one}::uuid, ${other}::uuid))
    on conflict do nothing`;
  const [row] = await tx<{ id: ConversationId }[]>`
    select id from conversations
    where low_user = least(${one}::uuid, ${other}::uuid) and high_user = greatest(${one}::uuid, ${other}::uuid)`;
  if (row === undefined) throw new Error("connecting two users: their conversation is gone");
  await tx`
    insert into marks (conversation_id, user_id) values (${row.id}, ${one}), (${row.id}, ${other})
    on conflict do nothing`;
  return row.id;
}

/** Both sides of the relation, new or taken up again. False when they were contacts already. */
async function ensureContacts(
  tx: TransactionSql,
  [one, other]: readonly [UserId, UserId],
  { conversation, at }: { conversation: ConversationId; at: EpochMs },
): Promise<boolean> {
  const resumed = await tx`
    update conversations set ended_at = null where id = ${conversation} and ended_at is not null`;
  const added = await tx`
    insert into contacts (user_id, contact_id, conversation_id, created_at)
    values (${one}, ${other}, ${conversation}, ${at}), (${other}, ${one}, ${conversation}, ${at})
    on conflict (user_id, contact_id) do update set ended_at = null, ended_name = null where contacts.ended_at is not null`;
  return resumed.count + added.count > 0;
}
