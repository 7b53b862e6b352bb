/** Events of an inbox as they are made, before a cursor numbers them, and their one encoding. */
import type { InboxEvent } from "#protocol/frames.ts";
import type { ConversationId, Cursor, EpochMs, Seq, SessionId, UserId } from "#protocol/ids.ts";
import type { BusRecord } from "../bus/bus.ts";

type WithoutCursor<T> = T extends unknown ? Omit<T, "type" | "cursor"> : never;

/** What an event says; the same for every inbox it is appended to. */
export type EventBody = WithoutCursor<InboxEvent>;

/** A row of `inbox`, and the frame that tells it. */
export interface InboxRow {
  user: UserId;
  cursor: Cursor;
  at: EpochMs;
  kind: "message" | "revision" | "delivered" | "read" | "contact" | "session" | "settings";
  /** Null where it is about none. */
  conversation: ConversationId | null;
  seq: Seq;
  subject: UserId | SessionId;
  frame: string;
}

/** The body is encoded once for all its inboxes: `json` is `JSON.stringify(body)`. */
export function frameOf(json: string, cursor: Cursor): string {
  return `{"type":"event","cursor":${cursor},${json.slice(1)}`;
}

/** The columns that a body is stored in. */
export function columnsOf(body: EventBody): Pick<InboxRow, "kind" | "conversation" | "seq" | "subject"> {
  switch (body.kind) {
    case "message":
      return { kind: "message", conversation: body.conversation, seq: body.seq, subject: body.from };
    case "revision":
      return { kind: "revision", conversation: body.conversation, seq: body.seq, subject: body.by };
    case "mark":
      return { kind: body.mark, conversation: body.conversation, seq: body.seq, subject: body.user };
    case "contact":
      return { kind: "contact", conversation: body.contact.conversation, seq: 0, subject: body.contact.id };
    case "session":
      return { kind: "session", conversation: null, seq: 0, subject: body.session.id };
    case "settings":
      return { kind: "settings", conversation: null, seq: 0, subject: body.profile.id };
    default:
      return body satisfies never;
  }
}

/** Rows of one inbox that lie together: those after one cursor, up to another. */
export interface Grown {
  user: UserId;
  after: Cursor;
  upTo: Cursor;
}

/** What one inbox grew by. */
export interface Growth extends Grown {
  /** In order, one a line. Put together by the engine when somebody reads it, which a bus inside one process never does. */
  frames: string;
  /** Something is among it that decides whom its owner sees, or who sees them. */
  relations: boolean;
}

/** The rows by inbox; those of each lie together. */
export function growthOf(rows: readonly InboxRow[]): Growth[] {
  const byUser = new Map<UserId, Growth>();
  for (const { user, cursor, kind, frame } of rows) {
    const growth = byUser.get(user);
    const relations = changesRelations(kind);
    if (growth === undefined) {
      byUser.set(user, { user, after: cursor - 1, upTo: cursor, frames: frame, relations });
      continue;
    }
    growth.upTo = cursor;
    growth.frames += `\n${frame}`;
    growth.relations ||= relations;
  }
  return [...byUser.values()];
}

/** Whether an event decides whom its owner sees, or who sees them. */
export function changesRelations(kind: InboxRow["kind"]): boolean {
  return kind === "contact" || kind === "settings";
}

/** One bus record for each inbox that grew, and a word where relations changed. */
export function busRecordsOf(grown: readonly Growth[], origin: string): BusRecord[] {
  return grown.flatMap(({ user, frames, relations }) => {
    const record: BusRecord = { topic: "events", key: user, origin, kind: "inbox", body: frames };
    return relations ? [record, relationsRecord(user, origin)] : [record];
  });
}

/** Tells every instance that a user's connections must look again at whom they see. */
export function relationsRecord(user: UserId, origin: string): BusRecord {
  return { topic: "events", key: user, origin, kind: "contacts.changed", body: "" };
}
