/**
 * The one way that anything the server said gets into the database, whatever brought it: live events, a resume, a
 * snapshot, a page of history, an ack. A message is keyed by (conversation, seq), and of two copies the one that was revised
 * more often stays; a mark only moves forward: so applying a thing again, or late, or from two tabs, changes nothing. A message with an own cid ends its outbox row in
 * the same transaction: there is no moment at which both or neither exist.
 */
import type { Contact, Dealings, Mark, Message, NewSession, Profile } from "#protocol/frames.ts";
import type { Marks } from "#protocol/http.ts";
import type { Cid, ConversationId, Seq, UserId } from "#protocol/ids.ts";
import type { Reading, Writing } from "./open.ts";
import { isOver } from "./over.ts";
import type { ConversationRow } from "./schema.ts";

/** A conversation as the list shows it; everything beside `row` is derived from the messages. */
export interface Summary {
  row: ConversationRow;
  last: Message | null;
  unread: number;
}

/** What a transaction changed, for the screen. */
export interface Applied {
  conversations: Summary[];
  messages: Message[];
  /** What is stored on the server by now: no longer in the outbox. */
  settled: Cid[];
  /** Sessions that the person should be told of; none when nothing of it changed. */
  newSessions?: readonly NewSession[];
  /** Conversations that something was said about and that this device does not know: fetch a snapshot. */
  strange: ConversationId[];
  /** Conversations that are not here any more. */
  dropped: ConversationId[];
  /** What the person shows of themselves now; null when nothing was said about it. */
  profile: Profile | null;
}

type Change = (row: ConversationRow) => void | Promise<void>;

export interface Ledger {
  message(message: Message): Promise<void>;
  /** The server has stored what this device said under `cid`. */
  settle(cid: Cid): Promise<void>;
  mark(mark: Mark): Promise<void>;
  contact(contact: Contact): Promise<void>;
  profile(profile: Profile): Promise<void>;
  /** Removes a conversation and all there is of it. */
  drop(id: ConversationId): Promise<void>;
  /** Changes a conversation's row in place, if it is here. */
  row(id: ConversationId, change: Change): Promise<void>;
  /** Writes the rows and says what changed. The last thing in its transaction. */
  close(): Promise<Applied>;
}

export function openLedger(tx: Writing, me: UserId): Ledger {
  const rows = new Map<ConversationId, ConversationRow>();
  const strange = new Set<ConversationId>();
  const dropped = new Set<ConversationId>();
  let shown: Profile | null = null;
  const messages: Message[] = [];
  const settled: Cid[] = [];

  async function find(id: ConversationId): Promise<ConversationRow | undefined> {
    const found = rows.get(id) ?? (await tx.objectStore("conversations").get(id));
    if (found) rows.set(id, found);
    return found;
  }

  async function row(id: ConversationId, change: Change): Promise<void> {
    const found = await find(id);
    if (found) await change(found);
    else if (!dropped.has(id)) strange.add(id);
  }

  async function message(message: Message): Promise<void> {
    if (message.from === me) await settle(message.cid);
    const store = tx.objectStore("messages");
    await row(message.conversation, async (row) => {
      const known = await store.get([message.conversation, message.seq]);
      if (known && revisionOf(known) > revisionOf(message)) return;
      await store.put(message);
      messages.push(message);
      row.headSeq = Math.max(row.headSeq, message.seq);
      if (!known && message.from !== me) countHeld(row, message.seq);
    });
  }

  async function settle(cid: Cid): Promise<void> {
    await tx.objectStore("outbox").delete(cid);
    settled.push(cid);
  }

  async function drop(id: ConversationId): Promise<void> {
    rows.delete(id);
    dropped.add(id);
    await tx.objectStore("conversations").delete(id);
    await tx.objectStore("messages").delete(seqs(id, { from: 0 }));
    await tx.objectStore("drafts").delete(id);
    for (const unsent of await tx.objectStore("outbox").getAll()) {
      if (unsent.conversation === id) await settle(unsent.cid);
    }
  }

  return {
    message,
    settle,
    row,
    drop,
    mark: (mark) => row(mark.conversation, (row) => moveMark(row, { mark, mine: mark.user === me })),
    async contact({ conversation, id, name, hue, ...dealings }) {
      if (dealings.standing === "removed") return drop(conversation);
      const found = await find(conversation);
      dropped.delete(conversation);
      rows.set(conversation, { ...(found ?? emptyRow(conversation)), with: { id, name, hue }, ...dealings });
    },
    async profile(profile) {
      shown = profile;
    },
    async close() {
      const conversations: Summary[] = [];
      for (const row of rows.values()) {
        const summary = await summarise(tx, row);
        // What is left of somebody who is no contact any more are the messages.
        if (isOver(row.standing) && summary.last === null) {
          await drop(row.id);
          continue;
        }
        await tx.objectStore("conversations").put(row);
        conversations.push(summary);
      }
      const gone = [...dropped];
      return { conversations, messages, settled, strange: [...strange], dropped: gone, profile: shown };
    },
  };
}

/** The newest message that is shown, and the unread count. Own messages never count. */
export async function summarise(tx: Reading, row: ConversationRow): Promise<Summary> {
  let newest = await tx.objectStore("messages").openCursor(seqs(row.id, { from: 0 }), "prev");
  while (newest?.value.hidden) newest = await newest.continue();
  const held = await countTheirs(tx, { id: row.id, from: row.with.id, after: row.mine.read });
  return { row, last: newest?.value ?? null, unread: held + (row.unheld?.count ?? 0) };
}

/** How many messages of `from` with a seq above `after`, and not above `to`, this device holds. */
export function countTheirs(
  tx: Reading,
  options: { id: ConversationId; from: UserId; after: Seq; to?: Seq },
): Promise<number> {
  const { id, from, after, to = Number.POSITIVE_INFINITY } = options;
  if (to <= after) return Promise.resolve(0);
  const range = IDBKeyRange.bound([id, from, after + 1], [id, from, to]);
  return tx.objectStore("messages").index("sender").count(range);
}

/** Key range of a conversation's messages, both ends included. */
export function seqs(
  conversation: ConversationId,
  { from, to = Number.POSITIVE_INFINITY }: { from: Seq; to?: Seq },
): IDBKeyRange {
  return IDBKeyRange.bound([conversation, from], [conversation, to]);
}

function revisionOf({ revision = 0 }: Message): number {
  return revision;
}

function emptyRow(id: ConversationId): Omit<ConversationRow, "with" | keyof Dealings> {
  return {
    id,
    headSeq: 0,
    mine: { delivered: 0, read: 0 },
    theirs: { delivered: 0, read: 0 },
    oldestSeq: 1,
    unheld: null,
    toRead: null,
  };
}

/** Marks are high-water marks: the higher of both, and what is read was delivered. */
export function raise(marks: Marks, { delivered, read }: Marks): Marks {
  const higher = Math.max(marks.read, read);
  return { delivered: Math.max(marks.delivered, delivered, higher), read: higher };
}

/** Fits what is derived from the read mark to its new place. */
export function settleRead(row: ConversationRow): void {
  if (!row.unheld) return;
  const room = row.unheld.below - 1 - row.mine.read;
  const count = Math.min(row.unheld.count, room);
  row.unheld = count > 0 ? { ...row.unheld, count } : null;
}

function moveMark(row: ConversationRow, { mark, mine }: { mark: Mark; mine: boolean }): void {
  const moved = { delivered: 0, read: 0, [mark.mark]: mark.seq };
  if (!mine) {
    row.theirs = raise(row.theirs, moved);
    return;
  }
  row.mine = raise(row.mine, moved);
  if (mark.mark === "read" && row.toRead !== null && mark.seq >= row.toRead) row.toRead = null;
  settleRead(row);
}

/** A message that the server had counted as unread has come to this device: it is counted here from now on. */
function countHeld(row: ConversationRow, seq: Seq): void {
  if (!row.unheld || seq >= row.unheld.below || seq <= row.mine.read) return;
  row.unheld = row.unheld.count > 1 ? { ...row.unheld, count: row.unheld.count - 1 } : null;
}
