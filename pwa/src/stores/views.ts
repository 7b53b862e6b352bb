/** What the stores show, made from what the device holds. Pure. */
import type { Message, Person } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Summary } from "../db/ledger.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { Unsent } from "../net/outbox.ts";
import type { PresenceView } from "../net/presence.ts";
import { sentenceOf } from "../net/refusals.ts";

/** waiting: not accepted yet · sent: committed · delivered: stored on their device · read: seen · refused: will not go. */
export type Tick = "waiting" | "sent" | "delivered" | "read" | "refused";

export interface LastView {
  text: string;
  at: EpochMs;
  mine: boolean;
  /** Null for their messages. */
  tick: Tick | null;
}

export interface ConversationView {
  id: ConversationId;
  with: Person;
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
  /** One sentence for the person: why it is refused, or what is unusual about its waiting. */
  why?: string;
}

const NOT_KEPT = "Not saved on this device yet. Keep this page open until it is sent.";

/** What the last line of a conversation is: the newest unsent message, or else the newest message. */
export function lastOf({ row, last }: Summary, unsent: readonly Unsent[]): LastView | null {
  const waiting = unsent.findLast((other) => other.conversation === row.id);
  if (waiting) {
    const { text, composedAt } = waiting;
    return { text, at: composedAt, mine: true, tick: tickOfUnsent(waiting) };
  }
  if (!last) return null;
  const mine = last.from !== row.with.id;
  return { text: last.text, at: last.sentAt, mine, tick: mine ? tickOf(last.seq, row) : null };
}

/** Latest first; who never wrote comes last, by name. */
export function byLatest(a: ConversationView, b: ConversationView): number {
  return (b.last?.at ?? 0) - (a.last?.at ?? 0) || a.with.name.localeCompare(b.with.name);
}

export function itemOf(message: Message, { me, row }: { me: UserId; row: ConversationRow }): TimelineItem {
  const { cid, seq, from, text, sentAt } = message;
  const mine = from === me;
  return { key: cid, seq, mine, text, at: sentAt, tick: mine ? tickOf(seq, row) : "sent" };
}

export function itemOfUnsent(unsent: Unsent): TimelineItem {
  const { cid, text, composedAt, refused, kept } = unsent;
  const item = {
    key: cid,
    seq: null,
    mine: true,
    text,
    at: composedAt,
    tick: tickOfUnsent(unsent),
  } satisfies TimelineItem;
  if (refused !== null) return { ...item, why: sentenceOf(refused) };
  return kept === "failed" ? { ...item, why: NOT_KEPT } : item;
}

/**
 * Lowest seq from which on nothing is missing up to the newest. What lies below a hole is not shown until the hole was
 * filled: a message that silently is not there would be worse than one that is loaded later.
 */
export function wholeFrom(seqs: readonly Seq[]): Seq | null {
  const ascending = seqs.toSorted((a, b) => a - b);
  let from = ascending.at(-1) ?? null;
  for (const seq of ascending.toReversed()) {
    if (from === null || seq < from - 1) break;
    from = seq;
  }
  return from;
}

function tickOf(seq: Seq, { theirs }: ConversationRow): Tick {
  if (seq <= theirs.read) return "read";
  return seq <= theirs.delivered ? "delivered" : "sent";
}

function tickOfUnsent({ refused }: Unsent): Tick {
  return refused === null ? "waiting" : "refused";
}
