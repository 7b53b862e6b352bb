/**
 * Making two users contacts: their conversation, their marks, both sides of the relation, and one event in each inbox, in the
 * caller's one transaction. The heads of both inboxes are locked before anything else, as by whoever appends: so two who
 * connect the same pair at once come one after the other, and the second finds everything done.
 */
import type { TransactionSql } from "postgres";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import { appendEvents, lockHeads } from "../inbox/append.ts";
import type { Appended } from "../inbox/append.ts";
import { Refusal } from "../problem.ts";

export interface ConnectOptions {
  at: EpochMs;
  /** Id of the instance that does it. */
  origin: string;
}

/**
 * Harmless to repeat: what was there stays, and nothing is appended then. Throws `not_found` when one of them does not exist,
 * `bad_request` when they are one and the same. What was appended is for the publisher, after the commit.
 */
export async function connectUsers(
  tx: TransactionSql,
  pair: readonly [UserId, UserId],
  { at, origin }: ConnectOptions,
): Promise<Appended> {
  const [first, second] = await selectPair(tx, pair);
  const conversation = await ensureConversation(tx, pair);
  const added = await tx`
    insert into contacts (user_id, contact_id, conversation_id, created_at)
    values (${first.id}, ${second.id}, ${conversation}, ${at}), (${second.id}, ${first.id}, ${conversation}, ${at})
    on conflict do nothing`;
  const news = (user: UserId, { id, name }: Person) => ({
    users: [user],
    body: { kind: "contact" as const, contact: { id, name, conversation } },
  });
  const events = added.count === 0 ? [] : [news(first.id, second), news(second.id, first)];
  return appendEvents(tx, events, { at, origin });
}

/** Both people, their inboxes locked. */
async function selectPair(tx: TransactionSql, [one, other]: readonly [UserId, UserId]) {
  if (one === other) throw new Refusal("bad_request", { detail: "a user cannot be their own contact" });
  await lockHeads(tx, [one, other]);
  const [first, second] = await tx<Person[]>`select id, name from users where id in (${one}, ${other})`;
  if (first === undefined || second === undefined) {
    throw new Refusal("not_found", { detail: "one of the two users does not exist" });
  }
  return [first, second] as const;
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
