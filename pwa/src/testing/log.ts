/**
 * What a server knows of one person, in memory, for tests: their inbox with its dense cursors, their conversations with
 * dense seqs, marks that only rise, and the same answer to the same cid.
 */
import type {
  Ack,
  Contact,
  Dealings,
  InboxEvent,
  Message,
  NewSession,
  Person,
  Profile,
} from "#protocol/frames.ts";
import type { Me, MessagePage, Snapshot } from "#protocol/http.ts";
import type { Cid, ConversationId, Epoch, EpochMs, Seq, SessionId, UserId } from "#protocol/ids.ts";
import type { Revised, Revision } from "#protocol/messages.ts";
import { PAGE_MESSAGES } from "#protocol/limits.ts";
import { mintCid } from "../net/cid.ts";
import { fold, isShown, rowOf } from "./kept.ts";
import type { Body, Kept } from "./kept.ts";
import { reviseMessage } from "./revise.ts";

const NO_DEALINGS: Dealings = { alias: null, muted: false, standing: "contact" };

export interface Log {
  readonly me: Me;
  readonly events: readonly InboxEvent[];
  epoch: Epoch;
  /** Messages of each conversation in a snapshot. */
  pageSize: number;
  /** Makes somebody a contact. */
  meet(name: string): { person: Person; conversation: ConversationId };
  /** I settle something about a contact, or they end it. */
  settle(user: UserId, change: Partial<Omit<Contact, "id" | "conversation">>): void;
  /** I change what I show of myself. */
  show(change: Partial<Omit<Profile, "id">>): void;
  /** `from` writes to me. */
  hear(from: UserId, text: string): Message;
  /** I write, from any device. Undefined when `to` is no contact. */
  send(message: { cid: Cid; to: UserId; text: string; replyTo?: Seq }): Ack | undefined;
  /** Somebody edits, deletes or reacts. Undefined when there is no such message. */
  revise(by: UserId, revision: Revision): Revised | undefined;
  /** Moves a mark; nothing happens when it is there already. */
  mark(mark: { conversation: ConversationId; user: UserId; mark: "delivered" | "read"; seq: Seq }): void;
  /** All my conversations' messages up to an inbox cursor are delivered. */
  received(cursor: number): void;
  /** Somebody signs in as me on another device. */
  signIn(device: string): NewSession;
  head(): number;
  after(cursor: number): InboxEvent[];
  snapshot(): Snapshot;
  page(conversation: ConversationId, page: { before: Seq; limit: number }): MessagePage;
  /** As a backup restored after a loss: another epoch, and only the first `kept` events. */
  rewind(kept: number): void;
  /** The log itself knows only up to here from now on, and does not know that it knew more. */
  forget(kept: number): void;
}

export function createLog({
  name = "Alice",
  now,
  pageSize = PAGE_MESSAGES,
}: {
  name?: string;
  now: () => EpochMs;
  pageSize?: number;
}): Log {
  const me: Me = {
    id: uuid<UserId>(),
    name,
    hue: null,
    showsPresence: true,
    sendsReceipts: true,
    phoneHint: "01",
    role: "member",
    epoch: uuid<Epoch>(),
    session: uuid<SessionId>(),
  };
  let events: InboxEvent[] = [];
  let kept = new Map<ConversationId, Kept>();
  const revisions = new Set<Cid>();

  function append(body: Body<InboxEvent>): void {
    events.push({ type: "event", cursor: events.length + 1, ...body });
    fold(kept, { event: body, me: me.id });
  }

  function find(user: UserId): Kept | undefined {
    return [...kept.values()].find((conversation) => conversation.with.id === user);
  }

  function write(
    conversation: Kept,
    { from, cid, text, replyTo }: Pick<Message, "from" | "cid" | "text" | "replyTo">,
  ): Message {
    const message: Message = {
      conversation: conversation.id,
      seq: (conversation.messages.at(-1)?.seq ?? 0) + 1,
      cid,
      from,
      to: from === me.id ? conversation.with.id : me.id,
      text,
      sentAt: now(),
    };
    if (replyTo !== undefined) message.replyTo = replyTo;
    append({ kind: "message", ...message });
    return message;
  }

  function page(
    conversation: ConversationId,
    { before, limit }: { before: Seq; limit: number },
  ): MessagePage {
    const older = (kept.get(conversation)?.messages ?? []).filter(({ seq }) => seq < before);
    return { messages: older.slice(-limit), more: older.length > limit };
  }

  function rebuild(count: number): void {
    events = events.slice(0, count);
    kept = new Map();
    for (const event of events) fold(kept, { event, me: me.id });
  }

  const log: Log = {
    me,
    get events() {
      return events;
    },
    epoch: me.epoch,
    pageSize,
    meet(name) {
      const person = { id: uuid<UserId>(), name, hue: null };
      const conversation = uuid<ConversationId>();
      append({ kind: "contact", contact: { ...person, conversation, ...NO_DEALINGS } });
      return { person, conversation };
    },
    settle(user, change) {
      const conversation = find(user);
      if (!conversation) throw new Error("Settling something about somebody who is no contact.");
      const { id, with: person, dealings } = conversation;
      append({ kind: "contact", contact: { ...person, conversation: id, ...dealings, ...change } });
    },
    show(change) {
      Object.assign(me, change);
      append({ kind: "settings", profile: profileOf(me) });
    },
    hear(from, text) {
      const conversation = find(from);
      if (!conversation) throw new Error("Hearing from somebody who is no contact.");
      return write(conversation, { from, cid: mintCid(now()), text });
    },
    send({ cid, to, text, ...reply }) {
      const conversation = find(to);
      if (!conversation) return undefined;
      const known = conversation.messages.find((message) => message.cid === cid && message.from === me.id);
      const { id, seq, sentAt } = idOf(known ?? write(conversation, { from: me.id, cid, text, ...reply }));
      const cursor = events.findIndex((event) => event.kind === "message" && event.cid === cid) + 1;
      return { type: "ack", cid, conversation: id, seq, sentAt, cursor, duplicate: known !== undefined };
    },
    revise(by, revision) {
      const { cid, conversation, seq } = revision;
      const message = kept.get(conversation)?.messages.find((one) => one.seq === seq);
      if (!message) return undefined;
      const duplicate = revisions.has(cid);
      if (!duplicate) {
        revisions.add(cid);
        const now = reviseMessage(message, { by, revision, me: me.id });
        if (now) append({ kind: "revision", conversation, seq, by, message: now });
      }
      const found = kept.get(conversation)?.messages.find((one) => one.seq === seq) ?? message;
      return { type: "revised", cid, cursor: events.length, duplicate, message: found };
    },
    mark(mark) {
      const conversation = kept.get(mark.conversation);
      if (!conversation) return;
      const marks = mark.user === me.id ? conversation.mine : conversation.theirs;
      if (marks[mark.mark] < mark.seq) append({ kind: "mark", ...mark });
    },
    received(cursor) {
      for (const event of events.slice(0, cursor))
        if (event.kind === "message" && event.to === me.id)
          log.mark({ conversation: event.conversation, user: me.id, mark: "delivered", seq: event.seq });
    },
    signIn(device) {
      const session = { id: uuid<SessionId>(), device, at: now() };
      append({ kind: "session", session });
      return session;
    },
    head: () => events.length,
    after: (cursor) => events.slice(cursor),
    snapshot: () => ({
      epoch: log.epoch,
      cursor: events.length,
      floor: 0,
      now: now(),
      me: profileOf(me),
      conversations: [...kept.values()].filter(isShown).map((conversation) => ({
        ...rowOf(conversation),
        ...page(conversation.id, { before: Number.POSITIVE_INFINITY, limit: log.pageSize }),
      })),
      newSessions: events.flatMap((event) => (event.kind === "session" ? [event.session] : [])),
    }),
    page,
    rewind(count) {
      log.epoch = uuid<Epoch>();
      rebuild(count);
    },
    forget: rebuild,
  };
  return log;
}

function profileOf({ id, name, hue, showsPresence, sendsReceipts }: Me): Profile {
  return { id, name, hue, showsPresence, sendsReceipts };
}

function idOf({ conversation, seq, sentAt }: Message): { id: ConversationId; seq: Seq; sentAt: EpochMs } {
  return { id: conversation, seq, sentAt };
}

function uuid<Id extends string>(): Id {
  return crypto.randomUUID() as Id;
}
