/** Reading conversations: pages of history, the list with its derived unread counts, and the snapshot. */
import type { Sql, TransactionSql } from "postgres";
import type { Dealings, Profile } from "#protocol/frames.ts";
import type { Conversation, MessagePage, MessageTimes, Snapshot } from "#protocol/http.ts";
import type { ConversationId, Epoch, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { PAGE_MESSAGES } from "#protocol/limits.ts";
import { selectSignIns } from "../auth/queries.ts";
import { blocksAt, contactColumns, shownTo } from "../contacts/columns.ts";
import { Refusal } from "../problem.ts";
import { retainedSince } from "./queries.ts";
import { seenBy, storedColumns } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";

type Reader = Sql | TransactionSql;

/**
 * A page of a conversation, ascending, nothing older than the retention. Throws `no_conversation` when the user has no such
 * conversation: a stranger cannot tell whether it exists.
 */
export async function readPage(
  db: Sql,
  request: { user: UserId; conversation: ConversationId; before: Seq | null; limit: number; now: EpochMs },
): Promise<MessagePage> {
  const { user, conversation, before, limit, now } = request;
  const [own] =
    await db`select 1 from contacts where user_id = ${user} and conversation_id = ${conversation}`;
  if (own === undefined) throw new Refusal("no_conversation");
  const pages = await selectPages(db, [conversation], { user, before, limit, now });
  return pages.get(conversation) ?? { messages: [], more: false };
}

/** The newest messages before `before` of each conversation, one over the limit to know whether more remain. */
async function selectPages(
  db: Reader,
  conversations: ConversationId[],
  { user, before, limit, now }: { user: UserId; before: Seq | null; limit: number; now: EpochMs },
): Promise<Map<ConversationId, MessagePage>> {
  const rows = await db<(StoredMessage & { blocksAt: EpochMs | null })[]>`
    select ${storedColumns(db)}, ${blocksAt(db, user)} as "blocksAt"
    from unnest(${conversations}::uuid[]) as wanted (id)
    join conversations c on c.id = wanted.id
    cross join lateral (
      select * from messages
      where conversation_id = c.id and seq <= ${shownTo(db, user)}
        and seq < ${before ?? Number.MAX_SAFE_INTEGER} and sent_at > ${retainedSince(now)}
      order by seq desc limit ${limit + 1}
    ) m`;
  return new Map(
    [...Map.groupBy(rows, (row) => row.conversation)].map(([id, newestFirst]) => [
      id,
      {
        messages: newestFirst
          .slice(0, limit)
          .map((stored) => seenBy(stored, user, stored.blocksAt))
          .toReversed(),
        more: newestFirst.length > limit,
      },
    ]),
  );
}

/**
 * When an own message was sent, and when the peer's marks first reached it: what the own inbox was told of them, from the
 * message on. Throws `no_message` for any other message.
 */
export async function readTimes(
  db: Sql,
  request: { user: UserId; conversation: ConversationId; seq: Seq; now: EpochMs },
): Promise<MessageTimes> {
  const { user, conversation, seq, now } = request;
  const firstMark = (kinds: string[]) => db`(
    select i.at from inbox i
    where i.user_id = m.sender_id and i.cursor > m.sender_cursor and i.at >= m.sent_at and i.kind = any(${kinds})
      and i.conversation_id = m.conversation_id and i.subject_id = m.recipient_id and i.seq >= m.seq
    order by i.cursor limit 1)`;
  const [times] = await db<MessageTimes[]>`
    select m.sent_at as "sentAt", ${firstMark(["delivered", "read"])} as "deliveredAt", ${firstMark(["read"])} as "readAt"
    from messages m
    where m.conversation_id = ${conversation} and m.seq = ${seq} and m.sender_id = ${user}
      and m.sent_at > ${retainedSince(now)} and m.hidden_from_sender is null`;
  if (times === undefined) throw new Refusal("no_message");
  return times;
}

/** A user's conversations, latest message first, then by name. One with somebody who is no contact any more lasts as its messages. */
export async function readConversations(
  db: Reader,
  { user, now }: { user: UserId; now: EpochMs },
): Promise<Conversation[]> {
  interface Row extends Dealings {
    id: ConversationId;
    withId: UserId;
    name: string;
    hue: number | null;
    headSeq: Seq;
    myDelivered: Seq;
    myRead: Seq;
    theirDelivered: Seq;
    theirRead: Seq;
    unread: number;
  }
  const rows = await db<Row[]>`
    select c.id, u.id as "withId", ${contactColumns(db)}, shown.seq as "headSeq",
      mine.delivered as "myDelivered", mine.read as "myRead",
      coalesce(theirs.told_delivered, theirs.delivered) as "theirDelivered",
      coalesce(theirs.told_read, theirs.read) as "theirRead",
      (select count(*) from messages m where m.conversation_id = c.id and m.seq > mine.read and m.seq <= shown.seq
        and m.sender_id = u.id and m.sent_at > ${retainedSince(now)}) as unread,
      last.sent_at as "lastAt"
    from contacts k
    join conversations c on c.id = k.conversation_id
    join lateral (select ${shownTo(db, user)} as seq) shown on true
    join users u on u.id = k.contact_id
    join marks mine on mine.conversation_id = c.id and mine.user_id = k.user_id
    join marks theirs on theirs.conversation_id = c.id and theirs.user_id = k.contact_id
    left join lateral (
      select m.sent_at from messages m
      where m.conversation_id = c.id and m.seq = shown.seq and m.sent_at > ${retainedSince(now)}
    ) last on true
    where k.user_id = ${user} and (c.ended_at is null or last.sent_at is not null)
    order by "lastAt" desc nulls last, name`;
  return rows.map((row) => ({
    id: row.id,
    with: { id: row.withId, name: row.name, hue: row.hue },
    alias: row.alias,
    muted: row.muted,
    standing: row.standing,
    headSeq: row.headSeq,
    mine: { delivered: row.myDelivered, read: row.myRead },
    theirs: { delivered: row.theirDelivered, read: row.theirRead },
    unread: row.unread,
  }));
}

/** Everything a device needs to start afresh, as of one moment: one REPEATABLE READ transaction. */
export async function readSnapshot(
  db: Sql,
  { user, now }: { user: UserId; now: EpochMs },
): Promise<Snapshot> {
  const snapshot = await db.begin("isolation level repeatable read read only", async (tx) => {
    const [state] = await tx<{ epoch: Epoch; cursor: number; floor: number; me: Profile }[]>`
      select l.epoch, h.head as cursor, h.floor, json_build_object('id', u.id, 'name', u.name, 'hue', u.hue,
        'showsPresence', u.shows_presence, 'sendsReceipts', u.sends_receipts) as me
      from log l, inbox_heads h join users u on u.id = h.user_id where u.id = ${user}`;
    if (state === undefined) throw new Refusal("not_signed_in", { detail: "snapshot of an unknown user" });
    const conversations = await readConversations(tx, { user, now });
    const newSessions = await selectSignIns(tx, user, { since: retainedSince(now) });
    const pages = await selectPages(
      tx,
      conversations.map((conversation) => conversation.id),
      { user, before: null, limit: PAGE_MESSAGES, now },
    );
    return {
      ...state,
      now,
      conversations: conversations.map((conversation) => ({
        ...conversation,
        ...(pages.get(conversation.id) ?? { messages: [], more: false }),
      })),
      newSessions,
    };
  });
  return snapshot as Snapshot;
}
