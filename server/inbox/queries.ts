/** Reading inboxes: heads, and events after a cursor. */
import type { Sql, TransactionSql } from "postgres";
import type { Dealings, Profile } from "#protocol/frames.ts";
import type { Cid, Cursor, Epoch, EpochMs, SessionId, UserId } from "#protocol/ids.ts";
import { blocksAt, contactColumns } from "../contacts/columns.ts";
import { arrayOf, columns } from "../db/arrays.ts";
import { seenBy, storedColumns } from "../messages/stored.ts";
import type { StoredMessage } from "../messages/stored.ts";
import { frameOf } from "./events.ts";
import type { EventBody, Grown, InboxRow } from "./events.ts";

type Reader = Sql | TransactionSql;

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

/** A row, and beside it what any kind of event is put together from. */
type EventRow = Pick<InboxRow, "user" | "cursor" | "kind" | "conversation" | "seq" | "subject" | "at"> &
  Omit<Profile, "id"> &
  Dealings & {
    device: string | null;
    ownName: string;
    ownHue: number | null;
    /** Since when the inbox's owner shuts out whom the message is from, or to. */
    blocksAt: EpochMs | null;
  } & (StoredMessage | { [Column in keyof Omit<StoredMessage, "conversation" | "seq">]: null });

/** Frames of a user's events after `after`, oldest first, at most `limit`, none older than `since`. */
export async function selectFrames(
  db: Sql,
  user: UserId,
  options: { after: Cursor; limit: number; since: EpochMs },
): Promise<{ cursor: Cursor; frame: string }[]> {
  const rows = await db<EventRow[]>`
    select ${eventColumns(db)}
    from inbox i ${eventJoins(db, options)}
    where i.user_id = ${user} and i.cursor > ${options.after} and i.at > ${options.since}
    order by i.cursor limit ${options.limit}`;
  return rows.map((row) => ({ cursor: row.cursor, frame: frameIn(row) }));
}

/** Rows of several inboxes, each inbox's in order, none older than `since`. One look-up for each, however long the inboxes are. */
export async function selectGrown(
  db: Reader,
  grown: readonly Grown[],
  { since }: { since: EpochMs },
): Promise<InboxRow[]> {
  if (grown.length === 0) return [];
  const rows = await db<EventRow[]>`
    select ${eventColumns(db)}
    from unnest(${arrayOf(grown.map(({ user }) => user))}::uuid[], ${arrayOf(grown.map(({ after }) => after))}::int8[],
      ${arrayOf(grown.map(({ upTo }) => upTo))}::int8[]) with ordinality as g (user_id, after, up_to, place)
    cross join lateral (
      select * from inbox where user_id = g.user_id and cursor > g.after and cursor <= g.up_to and at > ${since}
      order by cursor
    ) i
    ${eventJoins(db, { since })}
    order by g.place, i.cursor`;
  return rows.map((row) => ({ ...row, frame: frameIn(row) }));
}

/** Rows of one inbox that are read at once. Who missed more reads what they need of it. */
const GROWING_MAX = 64;

/** What a row says of the log, without what its frame would say besides. */
export interface Growing extends Pick<
  InboxRow,
  "user" | "cursor" | "kind" | "conversation" | "seq" | "subject" | "at"
> {
  /** The greatest cid ever accepted from the inbox's owner, as of now. */
  newestCid: Cid;
}

/** How several inboxes grew after a cursor of each: the next rows of each, in order, none older than `since`. */
export async function selectGrowing(
  db: Reader,
  after: ReadonlyMap<UserId, Cursor>,
  { since }: { since: EpochMs },
): Promise<Growing[]> {
  if (after.size === 0) return [];
  const [users, cursors] = columns(
    [...after],
    ([user]) => user,
    ([, cursor]) => cursor,
  );
  return db<Growing[]>`
    select i.user_id as "user", i.cursor, i.kind, i.conversation_id as conversation, i.seq, i.subject_id as subject, i.at,
      h.newest_cid as "newestCid"
    from unnest(${users}::uuid[], ${cursors}::int8[]) as g (user_id, after)
    join inbox_heads h on h.user_id = g.user_id and h.head > g.after
    cross join lateral (
      select * from inbox where user_id = g.user_id and cursor > g.after and at > ${since}
      order by cursor limit ${GROWING_MAX}
    ) i
    order by i.user_id, i.cursor`;
}

function eventColumns(db: Reader) {
  return db`${storedColumns(db)}, i.user_id as "user", i.cursor, i.kind, i.conversation_id as conversation, i.seq,
    i.subject_id as subject, i.at, s.device, ${contactColumns(db)}, ${blocksAt(db, db`i.user_id`)} as "blocksAt",
    u.name as "ownName", u.hue as "ownHue", u.shows_presence as "showsPresence", u.sends_receipts as "sendsReceipts"`;
}

/** A message lies in the day of its event. One that was revised may lie in any, so it is looked up in all that are kept. */
function eventJoins(db: Reader, { since }: { since: EpochMs }) {
  return db`
    left join users u on u.id = i.subject_id
    left join sign_ins s on i.kind = 'session' and s.session_id = i.subject_id
    left join lateral (
      select * from messages
      where i.kind = 'message' and conversation_id = i.conversation_id and seq = i.seq and sent_at = i.at
      union all
      select * from messages
      where i.kind = 'revision' and conversation_id = i.conversation_id and seq = i.seq and sent_at > ${since}
    ) m on true
    left join conversations c on c.id = i.conversation_id and (i.kind = 'contact' or m.revision is not null)
    left join contacts k on i.kind = 'contact' and k.user_id = i.user_id and k.contact_id = i.subject_id`;
}

function frameIn(row: EventRow): string {
  return frameOf(JSON.stringify(bodyOf(row)), row.cursor);
}

/** As things are now: whatever became of a message since is in the event that first told of it too. */
function bodyOf(row: EventRow): EventBody {
  const { kind, user, conversation, seq, at, device, blocksAt: since } = row;
  const message = row.cid === null ? null : seenBy(row, user, since);
  switch (kind) {
    case "message":
      return { kind, ...there(message) };
    case "revision":
      return { kind, conversation: there(conversation), seq, by: row.subject as UserId, message };
    case "delivered":
    case "read":
      return {
        kind: "mark",
        conversation: there(conversation),
        user: row.subject as UserId,
        mark: kind,
        seq,
      };
    case "contact": {
      const { name, hue, alias, muted, standing } = row;
      const who = { id: row.subject as UserId, name, hue };
      return { kind, contact: { ...who, conversation: there(conversation), alias, muted, standing } };
    }
    case "session":
      return { kind, session: { id: row.subject as SessionId, device: there(device), at } };
    case "settings": {
      const { ownName: name, ownHue: hue, showsPresence, sendsReceipts } = row;
      return { kind, profile: { id: row.subject as UserId, name, hue, showsPresence, sendsReceipts } };
    }
    default:
      return kind satisfies never;
  }
}

/** What a row of its kind cannot be without. */
function there<T>(value: T | null): T {
  if (value === null) throw new Error("an inbox row has lost what it is about");
  return value;
}
