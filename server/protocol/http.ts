/** Bodies of the HTTP door, shared as types. JSON only; errors are `Problem` with the fitting status. */
import type { ProblemCode } from "./codes.ts";
import type { Contact, Dealings, Message, NewSession, Person, Profile } from "./frames.ts";
import type { Cid, ConversationId, Cursor, Epoch, EpochMs, InviteId, Seq, SessionId } from "./ids.ts";
import type { Revised } from "./messages.ts";

/** What every refused request answers. */
export interface Problem {
  code: ProblemCode;
  /** One sentence for a person. */
  message: string;
  retryAfterMs?: number;
}

/** `POST /api/auth/code` → 202 `CodeAnswer`, the same for known and unknown numbers. */
export interface CodeRequest {
  /** As typed, with or without country code. */
  phone: string;
  /** ISO 3166 country to read a national number in, as guessed from the browser's language. */
  country?: string;
}
export interface CodeAnswer {
  resendAfterMs: number;
}

/** `POST /api/auth/session` → 201 `SessionAnswer` and the session cookie. */
export interface SessionRequest extends CodeRequest {
  code: string;
}
export interface SessionAnswer {
  user: Person;
  epoch: Epoch;
}

/** What somebody may do beyond their own. */
export type Role = "member" | "admin";

/** `GET /api/me` → 200, or 401 `not_signed_in`. */
export interface Me extends Profile {
  /** Last two digits of the own phone number, for the person to recognise the account. */
  phoneHint: string;
  role: Role;
  epoch: Epoch;
  session: SessionId;
}

/** `GET /api/auth/session` → 200: what the app asks when it opens, as a browser writes every 401 into its console. */
export interface SignedIn {
  /** Null: nobody. */
  me: Me | null;
}

/** `GET /api/sessions` → 200, newest use first. `DELETE /api/sessions/:id` → 204; `DELETE /api/sessions` → 204: all but this. */
export interface SessionRow {
  id: SessionId;
  device: string;
  createdAt: EpochMs;
  lastSeenAt: EpochMs;
  current: boolean;
}

/** How far a user got in a conversation. */
export interface Marks {
  delivered: Seq;
  read: Seq;
}

/** `GET /api/conversations` → 200 `Conversation[]`, latest first. */
export interface Conversation extends Dealings {
  id: ConversationId;
  with: Person;
  /** Seq of the newest message ever; 0 when nobody has written. */
  headSeq: Seq;
  mine: Marks;
  theirs: Marks;
  /** Their messages after my read mark that are within the retention: derived by the query. */
  unread: number;
}

/** `GET /api/conversations/:id/messages?before=SEQ&limit=N` → 200, ascending by seq, at most seven days old. */
export interface MessagePage {
  messages: Message[];
  /** True when older messages within the retention remain. */
  more: boolean;
}

/**
 * `GET /api/contacts` → 200, by name. `PATCH /api/contacts/:id ContactChange` → 200 `Contact`. `DELETE /api/contacts/:id` → 204:
 * both are no contacts any more.
 */
export type Contacts = Contact[];

/** What is left out stays. */
export interface ContactChange {
  /** Null: by their own name again. */
  alias?: string | null;
  muted?: boolean;
  blocked?: boolean;
}

/**
 * `GET /api/invites` → 200: own open ones, newest first. `POST /api/invites` → 201 `NewInvite`, 409 `too_many_invites`.
 * `DELETE /api/invites/:id` → 204.
 */
export interface Invite {
  id: InviteId;
  createdAt: EpochMs;
  expiresAt: EpochMs;
}
export interface NewInvite extends Invite {
  /** Opens the invite: it stands in the link, behind the #, and is told this once. */
  token: string;
}

/** What an invite is asked for with: in the body, so that no log of addresses has the token. */
export interface InviteShown {
  token: string;
}
/** `POST /api/invites/look InviteShown` → 200: who invites; 404 `no_invite`. `POST /api/invites/accept InviteShown` → 200 `Contact`. */
export interface Inviter {
  name: string;
  hue: number | null;
}

/** `POST /api/invites/code` → 202 `CodeAnswer`: a code to the address. The same answer whoever has the number or the address. */
export interface JoinCodeRequest extends InviteShown, CodeRequest {
  email: string;
}
/** `POST /api/invites/join` → 201 `SessionAnswer` and the session cookie. */
export interface JoinRequest extends JoinCodeRequest {
  name: string;
  code: string;
}

/** `PATCH /api/profile ProfileChange` → 200 `Profile`. What is left out stays. */
export interface ProfileChange {
  name?: string;
  hue?: number | null;
  showsPresence?: boolean;
  sendsReceipts?: boolean;
}

/** `GET /api/snapshot` → 200: everything a device needs to start afresh, as of one moment. */
export interface Snapshot {
  epoch: Epoch;
  cursor: Cursor;
  floor: Cursor;
  now: EpochMs;
  me: Profile;
  conversations: (Conversation & MessagePage)[];
  /** Sessions of the own account that began within the retention, oldest first. */
  newSessions: NewSession[];
}

/** `POST /api/messages {cid, to, text, replyTo?}` → 201 `SendAnswer` (200 when it is a repeat): the second door to send. */
export interface SendAnswer {
  cid: Cid;
  conversation: ConversationId;
  seq: Seq;
  sentAt: EpochMs;
  cursor: Cursor;
  duplicate: boolean;
}

/** `POST /api/search {text}` → 200: own messages of the retention that contain the text. Posted, so that no log of addresses has it. */
export interface SearchRequest {
  text: string;
}
export interface SearchAnswer {
  /** Newest first. */
  found: Message[];
  /** True when there may be more, older ones. */
  more: boolean;
}

/**
 * `GET /api/seal` → 200: what a device of this person seals unsent text with when its session is ended. It can seal, not open:
 * a point on P-256, base64url, and the name of the server's secret behind it.
 */
export interface SealKey {
  key: string;
  point: string;
}

/**
 * `POST /api/seal/open {key, point}` → 200 `SealOpened`, or 404 when the secret is gone: `point` is the one that the device
 * made for this one seal. What opens it is told to the same person only.
 */
export type SealOpening = SealKey;
export interface SealOpened {
  /** The secret shared between both points, base64url. */
  secret: string;
}

/** `POST /api/revisions`, with a `Revision` as body → 200: the second door to edit, delete and react. */
export type RevisedAnswer = Omit<Revised, "type">;

/** `GET /api/conversations/:id/messages/:seq/times` → 200, for own messages. Null: not yet, or not to be known. */
export interface MessageTimes {
  sentAt: EpochMs;
  deliveredAt: EpochMs | null;
  readAt: EpochMs | null;
}

/**
 * `GET /api/push` → 200 `PushAnswer`; `PUT /api/push {endpoint, p256dh, auth, preview}` → 200 `PushAnswer`, 404 when this server
 * sends no notifications; `DELETE /api/push` → 204. All about the device that asks.
 */
export interface PushRequest {
  /** As the browser's `PushSubscription` tells them, the keys in base64url. */
  endpoint: string;
  p256dh: string;
  auth: string;
  /** Whether a notification shows who wrote what. */
  preview: boolean;
}
export interface PushAnswer {
  /** `applicationServerKey`, in base64url; null when this server sends no notifications. */
  publicKey: string | null;
  /** Null while this device wants none. */
  subscription: {
    preview: boolean;
    /** The last push, and what the push service said; null when there was none. */
    lastAt: EpochMs | null;
    lastResult: "sent" | "gone" | "refused" | "later" | null;
  } | null;
}

/** What a push carries to the service worker, encrypted for it. Who and what are there only when the person wants them shown. */
export interface PushPayload {
  conversation: ConversationId;
  /** The newest of `count` new messages. */
  seq: Seq;
  count: number;
  /** Unread messages in all conversations. */
  unread: number;
  name?: string;
  text?: string;
}

/** `GET /dev/mail.json` → 200, newest first; exists in embedded mode only. */
export interface CaughtMail {
  to: string;
  subject: string;
  text: string;
  receivedAt: EpochMs;
}
