/** What the stores show, made from what the device holds. Pure. */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Dealings, Message, Person } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { Summary } from "../db/ledger.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { PresenceView } from "../net/presence.ts";
import type { StandingUnsent } from "../net/sending.ts";
import type { Standing } from "../net/standing.ts";

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
}

/** What the last line of a conversation is: the newest unsent message, or else the newest message. */
export function lastOf({ row, last }: Summary, unsent: readonly StandingUnsent[]): LastView | null {
  const waiting = unsent.findLast((other) => other.conversation === row.id);
  if (waiting) {
    const { text, composedAt } = waiting;
    return { text, at: composedAt, mine: true, tick: waiting.standing };
  }
  if (!last) return null;
  const mine = last.from !== row.with.id;
  return { text: last.text, at: last.sentAt, mine, tick: mine ? tickOf(last.seq, row) : null };
}

/** Latest first; who never wrote comes last, by name. */
export function byLatest(a: ConversationView, b: ConversationView): number {
  return (b.last?.at ?? 0) - (a.last?.at ?? 0) || a.name.localeCompare(b.name);
}

export function itemOf(message: Message, { me, row }: { me: UserId; row: ConversationRow }): TimelineItem {
  const { cid, seq, from, text, sentAt } = message;
  const mine = from === me;
  return { key: cid, seq, mine, text, at: sentAt, tick: mine ? tickOf(seq, row) : "sent" };
}

export function itemOfUnsent(unsent: StandingUnsent): TimelineItem {
  const { cid, text, composedAt, wantedAt, standing, refused, saidAt, kept } = unsent;
  return {
    key: cid,
    seq: null,
    mine: true,
    text,
    at: composedAt,
    tick: standing,
    unsent: {
      standing,
      code: refused,
      mayBeThere: saidAt !== null && refused === null,
      unsafe: kept === "failed",
      restored: wantedAt === 0,
    },
  };
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
