/** The SQL of conversations: how their two stand, and how far their marks are. */
import type { Fragment, TransactionSql } from "postgres";
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Marks } from "#protocol/http.ts";
import { arrayOf, columns } from "../db/arrays.ts";
import type { Send } from "./change.ts";
import { pair } from "./facts.ts";
import type { Block, ConversationFacts, Facts } from "./facts.ts";

interface Wanted {
  /** Conversations that are sent into. */
  sends: readonly Send[];
  /** Conversations whose marks may move, or whose messages are revised. */
  marked: ReadonlySet<ConversationId>;
}

type Talks = Pick<Facts, "conversationOf" | "conversations" | "marks">;

/** One statement for both kinds, without the part for what is not wanted. True under the locks of both people's heads. */
export async function selectTalks(tx: TransactionSql, { sends, marked }: Wanted): Promise<Talks> {
  const talks: Talks = { conversationOf: new Map(), conversations: new Map(), marks: new Map() };
  const [first, second] = [
    ...(sends.length === 0 ? [] : [sentInto(tx, sends)]),
    ...(marked.size === 0 ? [] : [withMarks(tx, marked)]),
  ];
  if (first === undefined) return talks;
  const rows = await tx<Talk[]>`${second === undefined ? first : tx`${first} union all ${second}`}`;
  for (const row of rows) {
    if (row.peer !== null) talks.conversationOf.set(pair(row.user, row.peer), row.conversation);
    else talks.marks.set(pair(row.conversation, row.user), marksOf(row));
    // Where marks are decided, it matters who sends read receipts; a send does not ask.
    if (row.peer === null || !talks.conversations.has(row.conversation))
      talks.conversations.set(row.conversation, factsOf(row));
  }
  return talks;
}

/** A conversation as `user` has it. With a `peer` it is sent into, and no marks are read; without, the marks are those of `user`. */
interface Talk extends Marks {
  user: UserId;
  peer: UserId | null;
  conversation: ConversationId;
  low: UserId;
  high: UserId;
  headSeq: Seq;
  contacts: boolean;
  lowBlocksAfter: Seq | null;
  lowBlocksAt: EpochMs | null;
  highBlocksAfter: Seq | null;
  highBlocksAt: EpochMs | null;
  sendsReceipts: boolean;
  toldDelivered: Seq;
  toldRead: Seq;
}

function sentInto(tx: TransactionSql, sends: readonly Send[]): Fragment {
  const wanted = [...new Map(sends.map((send) => [pair(send.user, send.to), send])).values()];
  const [users, peers] = columns(
    wanted,
    ({ user }) => user,
    ({ to }) => to,
  );
  return tx`
    select k.user_id as "user", k.contact_id as peer, ${talkColumns(tx)}, false as "sendsReceipts",
      0::int8 as delivered, 0::int8 as read, 0::int8 as "toldDelivered", 0::int8 as "toldRead"
    from unnest(${users}::uuid[], ${peers}::uuid[]) as wanted (user_id, contact_id)
    join contacts k using (user_id, contact_id)
    join conversations c on c.id = k.conversation_id`;
}

/** Two rows of each: both people have marks. */
function withMarks(tx: TransactionSql, conversations: ReadonlySet<ConversationId>): Fragment {
  return tx`
    select m.user_id as "user", null::uuid as peer, ${talkColumns(tx)},
      low.sends_receipts and high.sends_receipts as "sendsReceipts",
      m.delivered, m.read, coalesce(m.told_delivered, m.delivered) as "toldDelivered",
      coalesce(m.told_read, m.read) as "toldRead"
    from conversations c
    join users low on low.id = c.low_user
    join users high on high.id = c.high_user
    join marks m on m.conversation_id = c.id
    where c.id = any(${arrayOf([...conversations])}::uuid[])`;
}

function talkColumns(tx: TransactionSql): Fragment {
  return tx`c.id as conversation, c.low_user as low, c.high_user as high, c.head_seq as "headSeq",
    c.ended_at is null as contacts, c.low_blocks_after as "lowBlocksAfter", c.low_blocks_at as "lowBlocksAt",
    c.high_blocks_after as "highBlocksAfter", c.high_blocks_at as "highBlocksAt"`;
}

function factsOf(talk: Talk): ConversationFacts {
  const { low, high, headSeq, contacts, sendsReceipts } = talk;
  const blocks = new Map<UserId, Block>();
  const { lowBlocksAfter, lowBlocksAt, highBlocksAfter, highBlocksAt } = talk;
  if (lowBlocksAfter !== null) blocks.set(low, { after: lowBlocksAfter, at: lowBlocksAt ?? 0 });
  if (highBlocksAfter !== null) blocks.set(high, { after: highBlocksAfter, at: highBlocksAt ?? 0 });
  return { users: [low, high], headSeq, contacts, blocks, sendsReceipts };
}

function marksOf({ delivered, read, toldDelivered, toldRead }: Talk) {
  return { delivered, read, told: { delivered: toldDelivered, read: toldRead } };
}
