/** Reading inboxes: heads, and events after a cursor. */
import type { Sql } from "postgres";
import type { Cid, ConversationId, Cursor, Epoch, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { frameOf } from "./events.ts";
import type { EventBody, InboxRow } from "./events.ts";

export interface InboxState {
  epoch: Epoch;
  /** Cursor of the newest event. */
  head: Cursor;
  /** Lowest cursor that can still be resumed from. */
  floor: Cursor;
}

/** Where a user's inbox stands; null for an unknown user. */
export async function selectState(db: Sql, user: UserId): Promise<InboxState | null> {
  const [row] = await db<InboxState[]>`
    select epoch, head, floor from log, inbox_heads where user_id = ${user}`;
  return row ?? null;
}

/** Heads of several inboxes. */
export async function selectHeads(db: Sql, users: readonly UserId[]): Promise<Map<UserId, Cursor>> {
  const rows = await db<{ user: UserId; head: Cursor }[]>`
    select user_id as "user", head from inbox_heads where user_id = any(${users as UserId[]}::uuid[])`;
  return new Map(rows.map((row) => [row.user, row.head]));
}

interface EventRow {
  cursor: Cursor;
  kind: InboxRow["kind"];
  conversation: ConversationId;
  seq: Seq;
  subject: UserId;
  cid: Cid | null;
  to: UserId | null;
  text: string | null;
  sentAt: EpochMs;
  name: string;
}

/** Frames of a user's events after `after`, oldest first, at most `limit`, none older than `since`. */
export async function selectFrames(
  db: Sql,
  user: UserId,
  options: { after: Cursor; limit: number; since: EpochMs },
): Promise<{ cursor: Cursor; frame: string }[]> {
  const rows = await db<EventRow[]>`
    select i.cursor, i.kind, i.conversation_id as conversation, i.seq, i.subject_id as subject, i.at as "sentAt",
      m.cid, m.recipient_id as "to", m.body as text, u.name
    from inbox i
    join users u on u.id = i.subject_id
    left join messages m on i.kind = 'message' and m.conversation_id = i.conversation_id and m.seq = i.seq
      and m.sent_at = i.at
    where i.user_id = ${user} and i.cursor > ${options.after} and i.at > ${options.since}
    order by i.cursor limit ${options.limit}`;
  return rows.map((row) => ({ cursor: row.cursor, frame: frameOf(JSON.stringify(bodyOf(row)), row.cursor) }));
}

function bodyOf(row: EventRow): EventBody {
  const { kind, conversation, seq, subject, cid, to, text, sentAt, name } = row;
  switch (kind) {
    case "message":
      if (cid === null || to === null || text === null) throw new Error("an inbox row has lost its message");
      return { kind, conversation, seq, cid, from: subject, to, text, sentAt };
    case "delivered":
    case "read":
      return { kind: "mark", conversation, user: subject, mark: kind, seq };
    case "contact":
      return { kind, contact: { id: subject, name, conversation } };
    default:
      return kind satisfies never;
  }
}
