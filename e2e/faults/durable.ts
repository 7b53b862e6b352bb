/**
 * What devices hold durably, noted at the moment a transaction completes: before the PWA hears of it, and so before it can
 * say anything about it. Watches every database of this process through the standard interface of IndexedDB.
 */
import "fake-indexeddb/auto";
import type { Message } from "#protocol/frames.ts";
import type { Marks } from "#protocol/http.ts";
import type { ConversationId, Cursor, Seq } from "#protocol/ids.ts";
import type { ConversationRow, DeviceRow } from "../../pwa/src/db/schema.ts";

/** Of one database. */
interface Held {
  cursor: Cursor;
  /** Highest seq of a message ever stored, by conversation. */
  newest: Map<ConversationId, Seq>;
  marks: Map<ConversationId, { mine: Marks; theirs: Marks }>;
  /** Conversations whose own read mark the server has not confirmed. */
  untold: Set<ConversationId>;
}

export interface Durable {
  /** Cursor that this database holds everything up to. */
  cursorOf(database: string): Cursor;
  newestOf(database: string, conversation: ConversationId): Seq;
  /** How many read marks wait on it for the server to confirm them. */
  untoldOf(database: string): number;
  /** Told when a mark on a device went back. */
  onBackward(tell: (database: string, detail: string) => void): void;
}

type Write = (held: Held) => void;

const held = new Map<string, Held>();
const pending = new WeakMap<IDBTransaction, Write[]>();
let backward: (database: string, detail: string) => void = () => {};

function heldBy(database: string): Held {
  const known = held.get(database) ?? { cursor: 0, newest: new Map(), marks: new Map(), untold: new Set() };
  held.set(database, known);
  return known;
}

function note(store: IDBObjectStore, write: Write): void {
  pending.get(store.transaction)?.push(write);
}

/** Puts itself between the PWA and the databases. Once per process, before the first database is opened. */
export function watchDurable(): Durable {
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args) {
    const tx = transaction.apply(this, args);
    if (tx.mode !== "readwrite") return tx;
    pending.set(tx, []);
    tx.addEventListener("complete", () => {
      for (const write of pending.get(tx) ?? []) write(heldBy(this.name));
    });
    return tx;
  };
  const { put, clear } = IDBObjectStore.prototype;
  IDBObjectStore.prototype.put = function (this: IDBObjectStore, ...args) {
    const write = writeOf(this.name, { value: args[0], database: this.transaction.db.name });
    if (write) note(this, write);
    return put.apply(this, args);
  };
  IDBObjectStore.prototype.clear = function (this: IDBObjectStore) {
    if (this.name === "meta") note(this, (all) => void (all.cursor = 0));
    if (this.name === "conversations") note(this, (all) => (all.marks.clear(), all.untold.clear()));
    return clear.apply(this);
  };
  return {
    cursorOf: (database) => heldBy(database).cursor,
    newestOf: (database, conversation) => heldBy(database).newest.get(conversation) ?? 0,
    untoldOf: (database) => heldBy(database).untold.size,
    onBackward: (tell) => void (backward = tell),
  };
}

function writeOf(store: string, { value, database }: { value: unknown; database: string }): Write | null {
  switch (store) {
    case "meta": {
      const row = value as DeviceRow;
      return row.only === "device" ? (all) => void (all.cursor = row.cursor) : null;
    }
    case "messages": {
      const { conversation, seq } = value as Message;
      return ({ newest }) => void newest.set(conversation, Math.max(seq, newest.get(conversation) ?? 0));
    }
    case "conversations": {
      const { id, mine, theirs, toRead } = structuredClone(value as ConversationRow);
      return ({ marks, untold }) => {
        const before = marks.get(id);
        if (before && (isBehind(mine, before.mine) || isBehind(theirs, before.theirs))) {
          backward(database, `${id}: ${JSON.stringify(before)} became ${JSON.stringify({ mine, theirs })}`);
        }
        marks.set(id, { mine, theirs });
        if (toRead === null) untold.delete(id);
        else untold.add(id);
      };
    }
    default:
      return null;
  }
}

function isBehind(now: Marks, before: Marks): boolean {
  return now.delivered < before.delivered || now.read < before.read;
}
