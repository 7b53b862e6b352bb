/**
 * The wire: one JSON object per WebSocket text frame, told apart by `type`. Two closed unions, one for each direction.
 * A `Command` goes from client to server. What the server sends is an answer, an `event` (durable, with a cursor) or a
 * notice (without one: typing, presence).
 */
import type { RefusedCode } from "./codes.ts";
import type { Cid, ConversationId, Cursor, Epoch, EpochMs, Seq, SessionId, UserId } from "./ids.ts";
import type { Message, Revised, RevisedMessage, Revision } from "./messages.ts";

export type { Message } from "./messages.ts";

// ---- client → server ----

/** First frame of a connection. Sent again on a live connection it resumes from `cursor` once more (a hole healed). */
export interface Hello {
  type: "hello";
  protocol: number;
  /** Build of the PWA that speaks: an ISO time, so that builds compare as strings. */
  build: string;
  /** Epoch that `cursor` belongs to; null when this device has nothing yet. */
  epoch: Epoch | null;
  /** Last event this device holds durably. */
  cursor: Cursor;
}

export interface MessageSend {
  type: "message.send";
  cid: Cid;
  to: UserId;
  text: string;
  /** The message of the same conversation that this one answers. */
  replyTo?: Seq;
}

/** This device holds every event up to `cursor` durably. Cumulative. */
export interface MessageReceived {
  type: "message.received";
  cursor: Cursor;
}

/** The person saw the message `seq`, and so all before it, on screen. */
export interface MessageRead {
  type: "message.read";
  conversation: ConversationId;
  seq: Seq;
}

export interface TypingCommand {
  type: "typing";
  to: UserId;
}

/** What this device is: `online` while somebody looks at it, `away` otherwise. */
export interface PresenceCommand {
  type: "presence";
  state: "online" | "away";
}

export interface Ping {
  type: "ping";
  /** Last event this device holds durably. */
  cursor: Cursor;
}

export type Command =
  Hello | MessageSend | Revision | MessageReceived | MessageRead | TypingCommand | PresenceCommand | Ping;

// ---- server → client: answers ----

/** Limits that a client must know to behave. Durations in ms, sizes as named. */
export interface WireLimits {
  frameMaxBytes: number;
  textMaxChars: number;
  sendBurst: number;
  sendsPerSecond: number;
  holeWaitMs: number;
  typingEveryMs: number;
}

export interface Welcome {
  type: "welcome";
  /** Head of the user's inbox now. Events from the client's cursor up to here follow. */
  cursor: Cursor;
  /** Lowest cursor that can still be resumed from. */
  floor: Cursor;
  epoch: Epoch;
  now: EpochMs;
  heartbeatMs: number;
  limits: WireLimits;
  /** Builds that compare lower must reload. Empty: any build will do. */
  minBuild: string;
}

/** The message is committed. */
export interface Ack {
  type: "ack";
  cid: Cid;
  conversation: ConversationId;
  seq: Seq;
  sentAt: EpochMs;
  /** Cursor of the message's event in the sender's own inbox. */
  cursor: Cursor;
  /** True when an earlier send with this cid had been accepted already. */
  duplicate: boolean;
}

/** The command was not accepted; nothing of it was stored. */
export interface Refused {
  type: "refused";
  cid?: Cid;
  code: RefusedCode;
  retryAfterMs?: number;
}

export interface Pong {
  type: "pong";
  /** Head of the user's inbox now: more than the client has means that something got lost on the way. */
  cursor: Cursor;
  now: EpochMs;
}

/** The cursor cannot be resumed from: fetch a snapshot, then say `hello` again with its cursor. */
export interface Resync {
  type: "resync";
  reason: "epoch" | "floor" | "behind" | "ahead";
}

/** The server will close this connection. Come back at a random moment within `withinMs`. */
export interface Bye {
  type: "bye";
  reason: "draining";
  withinMs: number;
}

// ---- server → client: events ----

/** A high-water mark moved: `user` has got (`delivered`) or seen (`read`) everything up to `seq`. */
export interface Mark {
  conversation: ConversationId;
  user: UserId;
  mark: "delivered" | "read";
  seq: Seq;
}

/** What people see of one another. */
export interface Person {
  id: UserId;
  /** As they call themselves. */
  name: string;
  /** The colour that they chose for their avatar, in degrees; null: one that follows from the id. */
  hue: number | null;
}

/**
 * What the other one of a conversation is to the owner of the inbox. contact: both may write · blocked: the owner has shut them
 * out, which they are not told · ended: contacts no more; what was said stays until the retention takes it · removed: by the
 * owner, and the conversation with them · deleted: they deleted their account; what was said stays likewise, and has no name.
 */
export type Standing = "contact" | "blocked" | "ended" | "removed" | "deleted";

/** What the owner of the inbox has settled about the other one. Nobody else learns of it. */
export interface Dealings {
  /** What the owner calls them; null: by their own name. */
  alias: string | null;
  muted: boolean;
  standing: Standing;
}

/** Somebody, the conversation with them, and how it stands now. */
export interface Contact extends Person, Dealings {
  conversation: ConversationId;
}

/** A session of the inbox's owner that began: somebody signed in as them. */
export interface NewSession {
  id: SessionId;
  /** Like "Chrome on Linux". */
  device: string;
  at: EpochMs;
}

/** What people decide to show. Both are reciprocal: who does not show does not see. */
export interface Switches {
  /** When I am here, when I was last, and that I am typing. */
  showsPresence: boolean;
  /** That I have read a message. */
  sendsReceipts: boolean;
}

/** The owner of an inbox, as they see themselves. */
export interface Profile extends Person, Switches {}

/** One row of a user's inbox. */
export type InboxEvent =
  | ({ type: "event"; cursor: Cursor; kind: "message" } & Message)
  | ({ type: "event"; cursor: Cursor; kind: "revision" } & RevisedMessage)
  | ({ type: "event"; cursor: Cursor; kind: "mark" } & Mark)
  | { type: "event"; cursor: Cursor; kind: "contact"; contact: Contact }
  | { type: "event"; cursor: Cursor; kind: "session"; session: NewSession }
  | { type: "event"; cursor: Cursor; kind: "settings"; profile: Profile };

// ---- server → client: notices ----

export interface TypingNotice {
  type: "typing";
  from: UserId;
  ttlMs: number;
}

/**
 * Somebody's presence. `until`: after that moment, without another notice, nobody knows whether they are still there.
 * hidden: this is not for the receiver to know; what was known before is to be forgotten.
 */
export interface PresenceNotice {
  type: "presence";
  user: UserId;
  state: "online" | "away" | "offline" | "hidden";
  until: EpochMs;
  lastSeenAt?: EpochMs;
}

export type ServerFrame =
  Welcome | Ack | Revised | Refused | Pong | Resync | Bye | InboxEvent | TypingNotice | PresenceNotice;
