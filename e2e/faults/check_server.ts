/** What Postgres must look like: dense, once, in order, and nothing that nobody wrote. */
import type { Sql } from "postgres";
import type { Cid, ConversationId, Cursor, Seq, UserId } from "#protocol/ids.ts";
import { readMessages, type ServerMessage } from "./stored.ts";
import type { Witness } from "./witness.ts";

export interface InboxRow {
  user: UserId;
  cursor: Cursor;
  kind: string;
  conversation: ConversationId;
  seq: Seq;
  subject: UserId;
}

/** What somebody did to a message, and the cursor of its event in their own inbox. */
export interface ServerRevision {
  conversation: ConversationId;
  seq: Seq;
  user: UserId;
  cid: Cid;
  cursor: Cursor;
}

interface Dealing {
  conversation: ConversationId;
  user: UserId;
  alias: string | null;
  muted: boolean;
}

/** The whole truth, as of one moment. */
export interface Truth {
  messages: ServerMessage[];
  revisions: ServerRevision[];
  inbox: InboxRow[];
  heads: Map<UserId, Cursor>;
  headSeqs: Map<ConversationId, Seq>;
  /** By "conversation user". */
  marks: Map<string, { delivered: Seq; read: Seq }>;
  /** What users call their contacts and whether they muted them, by "conversation user". */
  dealings: Map<string, { alias: string | null; muted: boolean }>;
}

export async function readTruth(db: Sql): Promise<Truth> {
  const truth = await db.begin("isolation level repeatable read read only", async (tx) => {
    const messages = await readMessages(tx);
    const revisions = await tx<ServerRevision[]>`
      select conversation_id as conversation, seq::float8, user_id as "user", cid, cursor::float8 from revisions`;
    const inbox = await tx<InboxRow[]>`
      select user_id as "user", cursor::float8, kind, conversation_id as conversation, seq::float8, subject_id as subject
      from inbox order by user_id, cursor`;
    const heads = await tx<{ user: UserId; head: Cursor }[]>`
      select user_id as "user", head::float8 from inbox_heads`;
    const headSeqs = await tx<{ id: ConversationId; seq: Seq }[]>`
      select id, head_seq::float8 as seq from conversations`;
    const marks = await tx<{ conversation: ConversationId; user: UserId; delivered: Seq; read: Seq }[]>`
      select conversation_id as conversation, user_id as "user", delivered::float8, read::float8 from marks`;
    const dealings = await tx<Dealing[]>`
      select conversation_id as conversation, user_id as "user", alias, muted from contacts`;
    return {
      messages: [...messages],
      revisions: [...revisions],
      inbox: [...inbox],
      heads: new Map(heads.map(({ user, head }) => [user, head])),
      headSeqs: new Map(headSeqs.map(({ id, seq }) => [id, seq])),
      marks: new Map(
        marks.map(({ conversation, user, delivered, read }) => [
          `${conversation} ${user}`,
          { delivered, read },
        ]),
      ),
      dealings: new Map(
        dealings.map(({ conversation, user, alias, muted }) => [`${conversation} ${user}`, { alias, muted }]),
      ),
    };
  });
  return truth as Truth;
}

export function checkServer(truth: Truth, witness: Witness): void {
  checkConversations(truth, witness);
  checkAcks(truth, witness);
  checkInboxes(truth, witness);
  checkRevisions(truth, witness);
}

function checkConversations({ messages, headSeqs }: Truth, { breach }: Witness): void {
  const byConversation = Map.groupBy(messages, (message) => message.conversation);
  for (const [conversation, headSeq] of headSeqs) {
    const own = byConversation.get(conversation) ?? [];
    const seqs = own.map(({ seq }) => seq);
    if (own.length !== headSeq || seqs.some((seq, index) => seq !== index + 1)) {
      breach({ rule: "seq is dense", detail: `${conversation}: ${own.length} messages, head ${headSeq}` });
    }
    const known = new Map<string, Seq>();
    for (const { cid, text, seq, deletedAt } of own) {
      for (const name of deletedAt === null ? [cid, text] : [cid]) {
        const before = known.get(name);
        if (before !== undefined)
          breach({ rule: "a message is stored once", detail: `${name} is ${before} and ${seq}` });
        known.set(name, seq);
      }
    }
  }
}

/** Every ack that was heard names the message that is there. */
function checkAcks({ messages }: Truth, { acked, breach }: Witness): void {
  const byCid = new Map(messages.map((message) => [message.cid, message]));
  for (const ack of acked.values()) {
    const stored = byCid.get(ack.cid);
    if (!stored) {
      breach({ rule: "what was acked is stored", detail: `no message has the acked cid ${ack.cid}` });
    } else if (stored.seq !== ack.seq || stored.conversation !== ack.conversation || stored.from !== ack.by) {
      breach({
        rule: "the ack tells the truth",
        detail: `${JSON.stringify(ack)} is stored as ${JSON.stringify(stored)}`,
      });
    }
  }
}

function checkInboxes({ messages, inbox, heads }: Truth, { breach }: Witness): void {
  const byUser = Map.groupBy(inbox, (row) => row.user);
  const expected = Map.groupBy(
    messages.flatMap(({ from, to, conversation, seq }) =>
      [from, to].map((user) => ({ user, key: `${conversation} ${seq}` })),
    ),
    ({ user }) => user,
  );
  for (const [user, head] of heads) {
    const own = byUser.get(user) ?? [];
    if (own.length !== head || own.some(({ cursor }, index) => cursor !== index + 1)) {
      breach({ rule: "cursor is dense", detail: `${user}: ${own.length} rows, head ${head}` });
    }
    const got = own.filter((row) => row.kind === "message");
    const keys = new Set(got.map(({ conversation, seq }) => `${conversation} ${seq}`));
    const wanted = expected.get(user) ?? [];
    if (keys.size !== got.length || keys.size !== wanted.length || wanted.some(({ key }) => !keys.has(key))) {
      breach({
        rule: "each message is once in each of its two inboxes",
        detail: `${user}: ${got.length} rows, ${wanted.length} messages`,
      });
    }
    checkForward(own, { user, breach });
  }
}

/** Kinds of events whose seq only rises; the others carry what a thing is now, or happen once. */
const MOVING = ["message", "delivered", "read"];

/** In one inbox, messages of a conversation come in their order, and a mark never comes back. */
function checkForward(rows: InboxRow[], { user, breach }: { user: UserId; breach: Witness["breach"] }): void {
  const last = new Map<string, Seq>();
  for (const { kind, conversation, seq, subject, cursor } of rows) {
    if (!MOVING.includes(kind)) continue;
    const line = kind === "message" ? `message ${conversation}` : `${kind} ${conversation} ${subject}`;
    if (seq <= (last.get(line) ?? 0)) {
      breach({
        rule: "order and marks only go forward",
        detail: `${user}, cursor ${cursor}: ${line} ${seq}`,
      });
    }
    last.set(line, seq);
  }
}

/** Each revision was done once, is in the inbox of whoever did it, and is there if it was acked. */
function checkRevisions({ messages, revisions, inbox }: Truth, { revised, breach }: Witness): void {
  const done = Map.groupBy(revisions, placeOf);
  for (const message of messages) {
    const count = done.get(placeOf(message))?.length ?? 0;
    if (message.revision !== count) {
      breach({
        rule: "a revision is done once",
        detail: `${placeOf(message)}: revision ${message.revision}, revised ${count} times`,
      });
    }
  }
  const told = new Map(inbox.map((row) => [`${row.user} ${row.cursor}`, row]));
  for (const revision of revisions) {
    const row = told.get(`${revision.user} ${revision.cursor}`);
    if (row?.kind !== "revision" || placeOf(row) !== placeOf(revision)) {
      breach({
        rule: "a revision is in the inbox of whoever did it",
        detail: `${placeOf(revision)}: ${JSON.stringify(row)} is at cursor ${revision.cursor} of ${revision.user}`,
      });
    }
  }
  const stored = new Set(revisions.map(({ user, cid }) => `${user} ${cid}`));
  for (const key of revised) {
    if (!stored.has(key)) breach({ rule: "what was acked is stored", detail: `no revision is ${key}` });
  }
}

function placeOf({ conversation, seq }: Pick<ServerRevision, "conversation" | "seq">): string {
  return `${conversation} ${seq}`;
}
