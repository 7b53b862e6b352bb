/** Events of an inbox as they are made, before a cursor numbers them, and their one encoding. */
import type { InboxEvent } from "#protocol/frames.ts";
import type { ConversationId, Cursor, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import type { BusRecord } from "../bus/bus.ts";

type WithoutCursor<T> = T extends unknown ? Omit<T, "type" | "cursor"> : never;

/** What an event says; the same for every inbox it is appended to. */
export type EventBody = WithoutCursor<InboxEvent>;

/** A row of `inbox`, and the frame that tells it. */
export interface InboxRow {
  user: UserId;
  cursor: Cursor;
  at: EpochMs;
  kind: "message" | "delivered" | "read" | "contact";
  conversation: ConversationId;
  seq: Seq;
  subject: UserId;
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
    case "mark":
      return { kind: body.mark, conversation: body.conversation, seq: body.seq, subject: body.user };
    case "contact":
      return { kind: "contact", conversation: body.contact.conversation, seq: 0, subject: body.contact.id };
    default:
      return body satisfies never;
  }
}

/** One bus record for each inbox that grew, its frames in order, one a line; and a word where contacts changed. */
export function busRecordsOf(rows: readonly InboxRow[], origin: string): BusRecord[] {
  const records: BusRecord[] = [];
  for (const [user, own] of Map.groupBy(rows, (row) => row.user)) {
    const body = own.map((row) => row.frame).join("\n");
    records.push({ topic: "events", key: user, origin, kind: "inbox", body });
    if (own.some((row) => row.kind === "contact")) {
      records.push({ topic: "events", key: user, origin, kind: "contacts.changed", body: "" });
    }
  }
  return records;
}

/** Rows of one inbox that lie together: those after one cursor, up to another. */
export interface Grown {
  user: UserId;
  after: Cursor;
  upTo: Cursor;
}

/** What of which inbox these rows are. */
export function grownBy(rows: readonly Pick<InboxRow, "user" | "cursor">[]): Grown[] {
  const byUser = new Map<UserId, Grown>();
  for (const { user, cursor } of rows) {
    const grown = byUser.get(user);
    if (grown === undefined) byUser.set(user, { user, after: cursor - 1, upTo: cursor });
    else grown.upTo = cursor;
  }
  return [...byUser.values()];
}
