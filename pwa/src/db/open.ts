/**
 * The database, opened when it is first needed and opened again whenever the browser takes it away: WebKit cuts the
 * connections of background tabs, and another tab may want to upgrade. So a transaction's body may run more than once;
 * it must do nothing but read and write through the transaction it is given.
 */
import { openDB } from "idb";
import type { IDBPDatabase, IDBPTransaction, StoreNames } from "idb";
import { createJotter } from "./jotter.ts";
import type { Jotter } from "./jotter.ts";
import { DB_VERSION, STORES } from "./schema.ts";
import type { Schema } from "./schema.ts";

/** Times one transaction is tried before its error is the caller's. */
const TRIES = 3;

/** What a full disk looks like. */
const FULL = "QuotaExceededError";
/** What it looks like when a newer build has changed the database. */
const NEWER = "VersionError";

/** What a lost connection looks like, in Chromium and Firefox (the first) and in WebKit. */
const LOST = new Set(["InvalidStateError", "UnknownError", "AbortError"]);

type Upgrading = IDBPTransaction<Schema, StoreNames<Schema>[], "versionchange">;
type Transaction<Mode extends IDBTransactionMode> = IDBPTransaction<Schema, typeof STORES, Mode>;
export type Reading = Transaction<"readonly"> | Transaction<"readwrite">;
export type Writing = Transaction<"readwrite">;

export interface Disk {
  /** Beside the database: what it has not got yet. */
  readonly jotter: Jotter;
  /** One consistent look at every store. */
  read<T>(body: (tx: Transaction<"readonly">) => Promise<T>): Promise<T>;
  /** All of `body` or nothing. Resolves once committed; `strict` waits until the medium has it. */
  write<T>(body: (tx: Writing) => Promise<T>, options?: { strict?: boolean }): Promise<T>;
  close(): Promise<void>;
}

export interface DiskEdges {
  name: string;
  /** None for a worker, which writes nothing in a hurry. */
  jotter?: Jotter;
  /** Removes what can be had again, when the disk is full. */
  makeRoom?: (tx: Writing) => Promise<void>;
  /** A newer build has changed the database, or is about to: this one cannot go on with it. */
  outdated?: () => void;
}

export function openDisk({ name, jotter = createJotter(null), makeRoom, outdated }: DiskEdges): Disk {
  let opening: Promise<IDBPDatabase<Schema>> | null = null;

  function open(): Promise<IDBPDatabase<Schema>> {
    if (opening) return opening;
    const mine = openDB<Schema>(name, DB_VERSION, {
      upgrade: (db, from, _to, tx) => upgrade(db, { from, tx }),
      blocking: (_current, wanted, event) => {
        forget();
        (event.target as IDBDatabase).close();
        // Without a version it is being deleted.
        if (wanted !== null) outdated?.();
      },
      terminated: forget,
    });
    opening = mine;
    mine.catch((error: unknown) => {
      forget();
      if (nameOf(error) === NEWER) outdated?.();
    });
    return mine;
  }

  function forget(): void {
    opening = null;
  }

  async function run<T, Mode extends "readonly" | "readwrite">(
    body: (tx: Transaction<Mode>) => Promise<T>,
    options: { mode: Mode; strict: boolean },
  ): Promise<T> {
    for (let left = TRIES - 1; ; left -= 1) {
      const db = await open();
      try {
        return await once(db, body, options);
      } catch (error) {
        if (left === 0 || !isLost(error)) throw error;
        forget();
        db.close();
      }
    }
  }

  /** A disk that is full is written to once more, after room was made on it. */
  async function write<T>(body: (tx: Writing) => Promise<T>, { strict = false } = {}): Promise<T> {
    try {
      return await run(body, { mode: "readwrite", strict });
    } catch (error) {
      if (!makeRoom || nameOf(error) !== FULL) throw error;
      await run(makeRoom, { mode: "readwrite", strict: true });
      return await run(body, { mode: "readwrite", strict });
    }
  }

  return {
    jotter,
    read: (body) => run(body, { mode: "readonly", strict: false }),
    write,
    async close() {
      const db = await opening;
      forget();
      db?.close();
    },
  };
}

async function once<T, Mode extends "readonly" | "readwrite">(
  db: IDBPDatabase<Schema>,
  body: (tx: Transaction<Mode>) => Promise<T>,
  { mode, strict }: { mode: Mode; strict: boolean },
): Promise<T> {
  const tx = db.transaction(STORES, mode, { durability: strict ? "strict" : "default" });
  const [result] = await Promise.all([withAbort(tx, body), tx.done]);
  return result;
}

/** A body that throws takes its writes with it. */
async function withAbort<T, Mode extends "readonly" | "readwrite">(
  tx: Transaction<Mode>,
  body: (tx: Transaction<Mode>) => Promise<T>,
): Promise<T> {
  try {
    return await body(tx);
  } catch (error) {
    if (!isLost(error)) tx.abort();
    throw error;
  }
}

function isLost(error: unknown): boolean {
  return LOST.has(nameOf(error));
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}

/** What each version adds to the one before it. A device may come from any of them. */
const UPGRADES: ((db: IDBPDatabase<Schema>, tx: Upgrading) => void | Promise<void>)[] = [
  createStores,
  tellUnsentApart,
  makeRoomForSealed,
  addDealings,
];

async function upgrade(
  db: IDBPDatabase<Schema>,
  { from, tx }: { from: number; tx: Upgrading },
): Promise<void> {
  for (const step of UPGRADES.slice(from)) await step(db, tx);
}

function createStores(db: IDBPDatabase<Schema>): void {
  db.createObjectStore("meta", { keyPath: "only" });
  db.createObjectStore("conversations", { keyPath: "id" });
  const messages = db.createObjectStore("messages", { keyPath: ["conversation", "seq"] });
  messages.createIndex("sentAt", "sentAt");
  messages.createIndex("sender", ["conversation", "from", "seq"]);
  const outbox = db.createObjectStore("outbox", { keyPath: "cid" });
  outbox.createIndex("order", "order");
  db.createObjectStore("drafts", { keyPath: "conversation" });
}

/** Whether a message of before has left is not known: it may have. */
async function tellUnsentApart(_db: IDBPDatabase<Schema>, tx: Upgrading): Promise<void> {
  const outbox = tx.objectStore("outbox");
  for (const row of await outbox.getAll())
    await outbox.put({ ...row, wantedAt: row.composedAt, saidAt: row.composedAt });
}

function makeRoomForSealed(db: IDBPDatabase<Schema>): void {
  const sealed = db.createObjectStore("sealed", { keyPath: "id", autoIncrement: true });
  sealed.createIndex("user", "user");
}

/** Aliases, mutes and blocks, colours and switches. What they are is in the next snapshot. */
async function addDealings(_db: IDBPDatabase<Schema>, tx: Upgrading): Promise<void> {
  const conversations = tx.objectStore("conversations");
  for (const row of await conversations.getAll()) {
    const person = { ...row.with, hue: null };
    await conversations.put({ ...row, with: person, alias: null, muted: false, standing: "contact" });
  }
  const device = await tx.objectStore("meta").get("device");
  if (device?.only !== "device") return;
  const me = { ...device.me, hue: null, showsPresence: true, sendsReceipts: true };
  await tx.objectStore("meta").put({ ...device, me, stale: true });
}
