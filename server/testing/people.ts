/** For tests only: people and pairs put straight into the database. */
import type { Sql } from "postgres";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";

/** Two new users who are contacts. Their numbers and addresses are random bytes: nobody signs in as them. */
export async function makePair(
  db: Sql,
): Promise<{ alice: UserId; bob: UserId; conversation: ConversationId }> {
  const [low, high] = [crypto.randomUUID(), crypto.randomUUID()].toSorted() as [UserId, UserId];
  const conversation = crypto.randomUUID() as ConversationId;
  await db.begin(async (tx) => {
    for (const user of [low, high]) {
      const random = crypto.getRandomValues(new Uint8Array(32));
      await tx`
        insert into users (id, name, phone_index, phone_sealed, email_index, email_sealed, created_at)
        values (${user}, ${`User ${user.slice(0, 4)}`}, ${random}, '', ${random}, '', ${Date.now()})`;
      await tx`insert into inbox_heads (user_id) values (${user})`;
    }
    await tx`insert into conversations (id, low_user, high_user) values (${conversation}, ${low}, ${high})`;
    for (const [user, contact] of [
      [low, high],
      [high, low],
    ] as const) {
      await tx`insert into marks (conversation_id, user_id) values (${conversation}, ${user})`;
      await tx`
        insert into contacts (user_id, contact_id, conversation_id, created_at)
        values (${user}, ${contact}, ${conversation}, ${Date.now()})`;
    }
  });
  return { alice: low, bob: high, conversation };
}

/** A fresh UUIDv7, as a client mints it at Send. */
export function newCid(): Cid {
  return Bun.randomUUIDv7() as Cid;
}
