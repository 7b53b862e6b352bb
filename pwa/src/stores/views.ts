/** What the stores show, made from what the device holds. Pure. */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Dealings, Message, Person } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Reaction } from "#protocol/messages.ts";
import type { Summary } from "../db/ledger.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { PresenceView } from "../net/presence.ts";
import type { StandingUnsent } from "../net/sending.ts";
import type { Standing } from "../net/standing.ts";
import { foresee } from "./foresee.ts";

/** Where an unsent message stands · sent: committed · delivered: stored on their device · read: seen. */
export type Tick = Standing | "sent" | "delivered" | "read";

/** What is to be told of a message that was not accepted yet. */
export interface UnsentView {
  standing: Standing;
  /** Why the server does not take it; null unless refused. */
  code: RefusedCode | null;
  /** It may be on the server already. */
  mayBeThere: boolean;
  /** The device has not been able to keep it. */
  unsafe: boolean;
  /** It was sealed when its person was signed out from afar. */
  restored: boolean;
}

export interface LastView {
  text: string;
  /** Only its place is left. */
  deleted?: true;
  at: EpochMs;
  mine: boolean;
  /** Null for their messages. */
  tick: Tick | null;
}

export interface ConversationView extends Dealings {
  id: ConversationId;
  with: Person;
  /** What the person calls them. */
  name: string;
  presence: PresenceView;
  typing: boolean;
  last: LastView | null;
  unread: number;
}

export interface TimelineItem {
  /** The message's cid: stays the same from Send through ack to history. */
  key: Cid;
  /** Null until acked. */
  seq: Seq | null;
  mine: boolean;
  text: string;
  /** Server time once acked, the moment of Send before. */
  at: EpochMs;
  /** `sent` for their messages. */
  tick: Tick;
  /** Only of what was not accepted yet. */
  unsent?: UnsentView;
  /** The message of this conversation that it answers. */
  replyTo?: Seq;
  /** Its text was changed after it was sent. */
  edited?: true;
  /** Whoever wrote it took it back: only its place is left. */
  deleted?: true;
  reactions?: readonly ReactionView[];
  /** What the person did to it last, while the server has not taken it; `text` of an edit. */
  revising?: UnsentView & { cid: Cid; text?: string };
}

export interface ReactionView {
  emoji: string;
  mine: boolean;
}

/** What the last line of a conversation is: the newest unsent message, or else the newest message. */
export function lastOf({ row, last }: Summary, unsent: readonly StandingUnsent[]): LastView | null {
  const here = unsent.filter((other) => other.conversation === row.id);
  const waiting = here.findLast((other) => !other.revises);
  if (waiting) {
    const { text, composedAt } = waiting;
    return { text, at: composedAt, mine: true, tick: waiting.standing };
  }
  if (!last) return null;
  const mine = last.from !== row.with.id;
  const rows = here.filter(({ revises }) => revises?.seq === last.seq);
  const { text, deletedAt } = foresee(last, { rows, me: mine ? last.from : last.to });
  const view: LastView = { text, at: last.sentAt, mine, tick: mine ? tickOf(last.seq, row) : null };
  return deletedAt === undefined ? view : { ...view, deleted: true };
}

/** Latest first; who never wrote comes last, by name. */
export function byLatest(a: ConversationView, b: ConversationView): number {
  return (b.last?.at ?? 0) - (a.last?.at ?? 0) || a.name.localeCompare(b.name);
}

export interface Known {
  /** In any order; those with a higher seq were there later. */
  messages: Iterable<Message>;
  unsent: readonly StandingUnsent[];
  me: UserId;
  row: ConversationRow;
}

/** What is shown of a conversation, ascending: acked by seq, then unsent in the order of Send. */
export function itemsOf({ messages, unsent, me, row }: Known): TimelineItem[] {
  const here = unsent.filter((other) => other.conversation === row.id);
  const revising = Map.groupBy(here, ({ revises }) => revises?.seq);
  const shown = [...messages].toSorted((a, b) => a.seq - b.seq);
  const cids = new Set(shown.map(({ cid }) => cid));
  return [
    ...shown.flatMap((message) => {
      const rows = revising.get(message.seq) ?? [];
      const now = foresee(message, { rows, me });
      return now.hidden ? [] : [withRevising(itemOf(now, { me, row }), rows)];
    }),
    ...here.filter(({ cid, revises }) => !revises && !cids.has(cid)).map(itemOfUnsent),
  ];
}

export function itemOf(message: Message, { me, row }: { me: UserId; row: ConversationRow }): TimelineItem {
  const { cid, seq, from, text, sentAt, replyTo, editedAt, deletedAt, reactions = [] } = message;
  const mine = from === me;
  const item: TimelineItem = {
    key: cid,
    seq,
    mine,
    text,
    at: sentAt,
    tick: mine ? tickOf(seq, row) : "sent",
  };
  if (replyTo !== undefined) item.replyTo = replyTo;
  if (editedAt !== undefined) item.edited = true;
  if (deletedAt !== undefined) item.deleted = true;
  if (reactions.length > 0) item.reactions = reactions.map(reactionOf(me));
  return item;
}

function withRevising(item: TimelineItem, rows: readonly StandingUnsent[]): TimelineItem {
  const last = rows.at(-1);
  if (!last) return item;
  const text = last.revises?.type === "message.edit" && { text: last.revises.text };
  return { ...item, revising: { cid: last.cid, ...unsentViewOf(last), ...text } };
}

function reactionOf(me: UserId) {
  return ({ from, emoji }: Reaction): ReactionView => ({ emoji, mine: from === me });
}

export function itemOfUnsent(unsent: StandingUnsent): TimelineItem {
  const { cid, text, composedAt, standing, replyTo } = unsent;
  return {
    key: cid,
    seq: null,
    mine: true,
    text,
    at: composedAt,
    tick: standing,
    unsent: unsentViewOf(unsent),
    ...(replyTo !== undefined && { replyTo }),
  };
}

function unsentViewOf({ standing, refused, saidAt, wantedAt, kept }: StandingUnsent): UnsentView {
  return {
    standing,
    code: refused,
    mayBeThere: saidAt !== null && refused === null,
    unsafe: kept === "failed",
    restored: wantedAt === 0,
  };
}

function tickOf(seq: Seq, { theirs }: ConversationRow): Tick {
  if (seq <= theirs.read) return "read";
  return seq <= theirs.delivered ? "delivered" : "sent";
}
