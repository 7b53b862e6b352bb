/**
 * What this device keeps. All of it but `outbox`, `drafts` and `sealed` is a copy of what the server has and may be thrown
 * away. A database belongs to one person at a time: `device` names them, and every write checks it (device.ts).
 */
import type { DBSchema } from "idb";
import type { RefusedCode } from "#protocol/codes.ts";
import type { Dealings, Message, NewSession, Person } from "#protocol/frames.ts";
import type { Marks, Me, SealKey } from "#protocol/http.ts";
import type { Cid, ConversationId, Cursor, Epoch, EpochMs, Seq, SessionId, UserId } from "#protocol/ids.ts";
import type { Revision } from "#protocol/messages.ts";

export const DB_VERSION = 4;

/** Whose device this is, and how far it has read their inbox: everything up to `cursor` is in the other stores. */
export interface DeviceRow {
  only: "device";
  me: Me;
  /** Null until the first snapshot. */
  epoch: Epoch | null;
  cursor: Cursor;
  /** What to seal unsent text with when the session is ended; null until the server has told. */
  seal: SealKey | null;
  /** The conversation that was open last; absent or null when the person had gone back to the list. */
  place?: ConversationId | null;
  /** The copy was begun by an older build, which kept less of what the server said: a snapshot has to fill it up. */
  stale: boolean;
}

/** The person signed out here while the server was out of reach: tell it before anything else. */
export interface LeavingRow {
  only: "leaving";
}

/** The session that ended on this device last. A device without this note and without a person was emptied by the browser. */
export interface EndedRow {
  only: "ended";
  session: SessionId;
  /** Whose it was, and what their words are sealed with; absent when they signed out here, and wanted nothing kept. */
  lost?: { user: UserId; seal: SealKey | null };
}

/** Sessions of this person that began elsewhere, as far as the server told of them. */
export interface NewsRow {
  only: "news";
  /** When the session of this device began, if that was told: what is older is no news here. */
  startedAt: EpochMs;
  /** `seen`: the person need not be told any more. */
  sessions: (NewSession & { seen: boolean })[];
}

/** How long a message of this device took. */
export interface Timing {
  /** When it left, by this device's clock. */
  at: EpochMs;
  /** Until the server had it. */
  ackMs: number;
  /** Until the other's device had it; null while that is not known. */
  deliveredMs: number | null;
}

/** The last of them, oldest first. */
export interface TimingsRow {
  only: "timings";
  timings: Timing[];
}

/** What the person chose for the notifications of this device. The worker reads it too. */
export interface NotificationRow {
  only: "notifications";
  wanted: boolean;
  /** Whether they show who wrote what. */
  preview: boolean;
  sound: boolean;
  vibrate: boolean;
  /** Of the worker's own words, as a BCP 47 tag. */
  language: string;
}

/** Before anything was chosen. */
export const QUIET: Omit<NotificationRow, "only"> = {
  wanted: false,
  preview: false,
  sound: true,
  vibrate: true,
  language: "en",
};

/** The emoji that the person chose last on this device, newest first. */
export interface EmojiRow {
  only: "emoji";
  recent: string[];
}

export interface ConversationRow extends Dealings {
  id: ConversationId;
  with: Person;
  headSeq: Seq;
  mine: Marks;
  theirs: Marks;
  /** Lowest seq that the server still has, as far as it told this device; 1 when it did not. */
  oldestSeq: Seq;
  /** Unread messages of theirs that the server counted and this device does not hold; all lie below `below`. */
  unheld: { below: Seq; count: number } | null;
  /** Read on this device, not yet confirmed by the server's own mark. */
  toRead: Seq | null;
}

type WithoutPlace<R> = R extends Revision ? Omit<R, "cid" | "conversation"> : never;

/** What is done to a message: a revision, but for what its row has anyway. */
export type Revises = WithoutPlace<Revision>;

/** A message that the server has not accepted yet, or refused; or what the person does to one that it has. */
export interface UnsentRow {
  cid: Cid;
  conversation: ConversationId;
  to: UserId;
  /** Empty for a revision. */
  text: string;
  /** The message that this one answers. */
  replyTo?: Seq;
  /** It is no message, but this is done to one. */
  revises?: Revises;
  /** By this device's clock. */
  composedAt: EpochMs;
  /** Ascending in the order of Send, over all conversations. */
  order: number;
  /** Its first place, of what was put last since because the person asked for it once more. */
  firstOrder?: number;
  /** When the person last wanted it sent: at first when it was composed. */
  wantedAt: EpochMs;
  /** When it may have left this device, so that the server may have it: set before it is said for the first time. */
  saidAt: EpochMs | null;
  /** Why the server does not take it; null while it waits. */
  refused: RefusedCode | null;
}

/** Another text for an own message, while it is typed. */
export interface Editing {
  seq: Seq;
  text: string;
}

export interface DraftRow {
  conversation: ConversationId;
  text: string;
  /** The message that it answers; absent in drafts of builds that knew of none. */
  replyTo?: Seq | null;
  /** The edit that the draft waits for; absent likewise. */
  editing?: Editing | null;
  /** By this device's clock. */
  changedAt: EpochMs;
}

type MetaRow = DeviceRow | LeavingRow | EndedRow | NewsRow | NotificationRow | TimingsRow | EmojiRow;

/** What somebody had not got sent when their session was ended: theirs again once they sign in here. */
export interface SealedRow {
  /** Given by the database. */
  id?: number;
  user: UserId;
  /** How many there are of each, to be told while it is sealed. */
  messages: number;
  drafts: number;
  /** The server's key, this seal's own point and nonce. Null where the browser cannot seal: on a page without HTTPS. */
  seal: (SealKey & { nonce: Uint8Array<ArrayBuffer> }) | null;
  body: Uint8Array<ArrayBuffer>;
}

export interface Schema extends DBSchema {
  meta: { key: MetaRow["only"]; value: MetaRow };
  conversations: { key: ConversationId; value: ConversationRow };
  messages: {
    key: [ConversationId, Seq];
    value: Message;
    indexes: { sentAt: EpochMs; sender: [ConversationId, UserId, Seq] };
  };
  outbox: { key: Cid; value: UnsentRow; indexes: { order: number } };
  drafts: { key: ConversationId; value: DraftRow };
  sealed: { key: number; value: SealedRow; indexes: { user: UserId } };
}

export const STORES: ["meta", "conversations", "messages", "outbox", "drafts", "sealed"] = [
  "meta",
  "conversations",
  "messages",
  "outbox",
  "drafts",
  "sealed",
];
