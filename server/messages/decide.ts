/**
 * Decides a batch of changes against the facts, in order, and changes the facts as it goes, so that the second change of a
 * batch sees the first. No I/O: what must be stored comes back as a `Decision`. The caller holds the locks that keep the
 * facts true until the commit.
 */
import type { Cid, ConversationId, Cursor, EpochMs, UserId } from "#protocol/ids.ts";
import type { Message } from "#protocol/frames.ts";
import { appendTo } from "../inbox/append.ts";
import type { InboxRow } from "../inbox/events.ts";
import { DONE, refused } from "./change.ts";
import type { Change, Outcome, Read, Received, Revise, Send } from "./change.ts";
import { pair, place } from "./facts.ts";
import type { EarlierSend, Facts, MarkFacts } from "./facts.ts";
import { moveMark } from "./marks.ts";
import { isDone, revise } from "./revise.ts";
import { hearersOf, shownTo } from "./standing.ts";
import { isHiddenFrom, seenBy } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";

export interface Decision {
  /** One for each change, in order. */
  outcomes: Outcome[];
  messages: (Message & { senderCursor: number })[];
  rows: InboxRow[];
  /** Messages that were revised, by place, as they are now; and the revisions, to know them again. */
  revised: Map<string, StoredMessage>;
  revisions: (Pick<StoredMessage, "conversation" | "seq" | "sentAt"> & {
    user: UserId;
    cid: Cid;
    cursor: Cursor;
  })[];
  /** Conversations and marks that moved. */
  grown: Set<ConversationId>;
  marked: Map<string, { conversation: ConversationId; user: UserId; marks: MarkFacts }>;
}

/** What of it is to be stored. */
export type Writes = Omit<Decision, "outcomes">;

export function decide(changes: readonly Change[], facts: Facts, at: EpochMs): Decision {
  const decision: Decision = {
    outcomes: [],
    messages: [],
    rows: [],
    revised: new Map(),
    revisions: [],
    grown: new Set(),
    marked: new Map(),
  };
  for (const change of changes) decision.outcomes.push(decideOne(change, { facts, decision, at }));
  return decision;
}

interface Context {
  facts: Facts;
  decision: Decision;
  at: EpochMs;
}

function decideOne(change: Change, context: Context): Outcome {
  switch (change.kind) {
    case "send":
      return decideSend(change, context);
    case "revise":
      return decideRevise(change, context);
    case "received":
      return decideReceived(change, context);
    case "read":
      return decideRead(change, context);
    default:
      return change satisfies never;
  }
}

function decideSend(send: Send, { facts, decision, at }: Context): Outcome {
  const key = pair(send.user, send.cid);
  const earlier = facts.earlier.get(key);
  if (earlier !== undefined) {
    if (!isRepeat(send, earlier)) return refused("cid_conflict");
    return { is: "sent", answer: { ...earlier.answer, duplicate: true } };
  }
  const id = facts.conversationOf.get(pair(send.user, send.to));
  const conversation = id && facts.conversations.get(id);
  if (id === undefined || conversation === undefined) return refused("not_a_contact");
  const hearers = hearersOf(conversation, send.user);
  if (typeof hearers === "string") return refused(hearers);
  const { cid, to, text, replyTo } = send;
  if (replyTo !== undefined && replyTo > conversation.headSeq) return refused("no_message");

  conversation.headSeq += 1;
  decision.grown.add(id);
  const message: Message = {
    conversation: id,
    seq: conversation.headSeq,
    cid,
    from: send.user,
    to,
    text,
    sentAt: at,
  };
  if (replyTo !== undefined) message.replyTo = replyTo;
  const rows = appendTo(facts.heads, hearers, { body: { kind: "message", ...message }, at });
  const cursor = rows.find((row) => row.user === send.user)?.cursor ?? 0;
  decision.rows.push(...rows);
  decision.messages.push({ ...message, senderCursor: cursor });
  const answer = { cid, conversation: id, seq: message.seq, sentAt: at, cursor, duplicate: false };
  facts.earlier.set(key, { to, text, replyTo: replyTo ?? null, answer });
  const own = facts.heads.get(send.user);
  if (own !== undefined && own.newestCid < cid) own.newestCid = cid;
  return { is: "sent", answer };
}

/** Whether it says what was accepted under its cid. Once the text was edited or deleted, nobody knows what it was. */
function isRepeat({ to, text, replyTo }: Send, earlier: EarlierSend): boolean {
  if (earlier.to !== to) return false;
  return earlier.text === null || (earlier.text === text && earlier.replyTo === (replyTo ?? null));
}

/**
 * Both hear of a revision, and each gets the message as they see it; what one deletes for themselves is nobody else's business.
 * What would reach the other needs what a send needs.
 */
function decideRevise(change: Revise, { facts, decision, at }: Context): Outcome {
  const { user, cid, conversation: id, seq, act } = change;
  const conversation = facts.conversations.get(id);
  if (conversation === undefined || !conversation.users.includes(user)) return refused("no_conversation");
  const alone = act.is === "delete" && act.for === "me";
  const hearers = alone ? [user] : hearersOf(conversation, user);
  if (typeof hearers === "string") return refused(hearers);
  const message = facts.messages.get(place(change));
  if (message === undefined || seq > shownTo(conversation, user)) return refused("no_message");
  const seen = (of: StoredMessage, by: UserId) => seenBy(of, by, conversation.blocks.get(by)?.at ?? null);
  const key = pair(user, cid);
  const known =
    facts.revisions.get(key) ?? (isDone(message, change) ? facts.heads.get(user)?.head : undefined);
  if (known !== undefined) {
    return { is: "revised", answer: { cid, cursor: known, duplicate: true, message: seen(message, user) } };
  }
  const revised = revise(message, change, at);
  if (typeof revised === "string") return refused(revised);

  const told = hearers.filter((hearer) => hearer === user || !isHiddenFrom(revised, hearer));
  const rows = told.flatMap((hearer) => {
    const body = {
      kind: "revision",
      conversation: id,
      seq,
      by: user,
      message: seen(revised, hearer),
    } as const;
    return appendTo(facts.heads, [hearer], { body, at });
  });
  const cursor = rows[0]?.cursor ?? 0;
  facts.messages.set(place(change), revised);
  facts.revisions.set(key, cursor);
  decision.rows.push(...rows);
  decision.revised.set(place(change), revised);
  decision.revisions.push({ conversation: id, seq, sentAt: message.sentAt, user, cid, cursor });
  return { is: "revised", answer: { cid, cursor, duplicate: false, message: seen(revised, user) } };
}

/** Delivered marks follow from the cursor: what is in the inbox up to it has reached the device. */
function decideReceived({ user, cursor, attended }: Received, context: Context): Outcome {
  const { facts } = context;
  const head = facts.heads.get(user);
  if (head === undefined || cursor > head.head) return DONE;
  if (attended && cursor > head.attended) {
    head.attended = cursor;
    head.moved = true;
  }
  if (cursor <= head.received) return DONE;
  head.received = cursor;
  head.moved = true;
  // In the order of their cursors, so the last of a conversation is its furthest: one mark tells of all before it.
  const arrived = (facts.arrived.get(user) ?? []).filter((arrival) => arrival.cursor <= cursor);
  const furthest = new Map(arrived.map(({ conversation, seq }) => [conversation, seq]));
  for (const [conversation, seq] of furthest) {
    moveMark({ conversation, user, mark: "delivered", seq }, context);
  }
  return DONE;
}

function decideRead({ user, conversation: id, seq }: Read, context: Context): Outcome {
  const conversation = context.facts.conversations.get(id);
  if (conversation === undefined || !conversation.users.includes(user)) return refused("no_conversation");
  const seen = Math.min(seq, shownTo(conversation, user));
  moveMark({ conversation: id, user, mark: "read", seq: seen }, context);
  return DONE;
}
