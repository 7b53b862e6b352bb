/**
 * Blocking. A conversation knows from which seq on one side shuts the other out. What is written after that is stored and
 * answered as ever, but is in no inbox except its sender's; when the door is opened again, what waited comes in as if it had
 * just been sent, so that no accepted message is lost and no tick says what is not true. Callers hold the lock of the head of
 * the inbox whose owner blocks: whoever sends to them holds it too, so no message falls between.
 */
import type { TransactionSql } from "postgres";
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RESUME_MAX_EVENTS } from "#protocol/limits.ts";
import { appendTo } from "../inbox/append.ts";
import type { Heads } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
import { retainedSince } from "../messages/queries.ts";
import { seenBy, storedColumns } from "../messages/stored.ts";
import type { StoredMessage } from "../messages/stored.ts";

/** Characters of text that come in at once at most: one commit to one inbox is one record on the bus. Older ones are history. */
const LET_IN_MAX_CHARS = 1_000_000;

/** One side of a conversation. */
interface Side {
  user: UserId;
  conversation: ConversationId;
}

/** From here on, what the other one says does not reach the user. */
export async function shutOut(
  tx: TransactionSql,
  { user, conversation, at }: Side & { at: EpochMs },
): Promise<void> {
  await tx`
    update conversations set
      low_blocks_after = case when low_user = ${user} then head_seq else low_blocks_after end,
      low_blocks_at = case when low_user = ${user} then ${at} else low_blocks_at end,
      high_blocks_after = case when high_user = ${user} then head_seq else high_blocks_after end,
      high_blocks_at = case when high_user = ${user} then ${at} else high_blocks_at end
    where id = ${conversation}`;
}

/** Ends the user's block: the seq after which it held; null when there was none. */
export async function liftBlock(tx: TransactionSql, { user, conversation }: Side): Promise<Seq | null> {
  const [row] = await tx<{ after: Seq | null }[]>`
    update conversations c set
      low_blocks_after = case when c.low_user = ${user} then null else c.low_blocks_after end,
      low_blocks_at = case when c.low_user = ${user} then null else c.low_blocks_at end,
      high_blocks_after = case when c.high_user = ${user} then null else c.high_blocks_after end,
      high_blocks_at = case when c.high_user = ${user} then null else c.high_blocks_at end
    from conversations before
    where c.id = ${conversation} and before.id = c.id
    returning case when before.low_user = ${user} then before.low_blocks_after else before.high_blocks_after end as after`;
  return row?.after ?? null;
}

/**
 * Puts into the user's inbox what waited outside it since `after`: messages, which go with their own day as all do, and how the
 * messages before them stand now that were revised.
 */
export async function letIn(
  tx: TransactionSql,
  { user, conversation, after, heads, now }: Side & { after: Seq; heads: Heads; now: EpochMs },
): Promise<InboxRow[]> {
  const kept = tx`conversation_id = ${conversation} and sent_at > ${retainedSince(now)}`;
  const newestFirst = await tx<StoredMessage[]>`
    select ${storedColumns(tx)} from messages m
    where ${kept} and ((seq > ${after} and recipient_id = ${user}) or revision is not null)
    order by seq desc limit ${RESUME_MAX_EVENTS}`;
  let chars = 0;
  const waited = newestFirst.filter(({ text }) => (chars += text.length) <= LET_IN_MAX_CHARS).toReversed();
  return waited.flatMap((stored) => {
    const message = seenBy(stored, user, null);
    if (stored.seq > after && stored.to === user) {
      return appendTo(heads, [user], { body: { kind: "message", ...message }, at: stored.sentAt });
    }
    const { seq, from, to } = stored;
    const by = from === user ? to : from;
    return appendTo(heads, [user], { body: { kind: "revision", conversation, seq, by, message }, at: now });
  });
}
