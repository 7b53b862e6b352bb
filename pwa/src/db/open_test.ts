import { beforeEach, expect, test } from "bun:test";
import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import type { IDBPDatabase } from "idb";
import type { UserId } from "#protocol/ids.ts";
import { freshName } from "../testing/disk.ts";
import { load } from "./load.ts";
import { openDisk } from "./open.ts";
import type { Disk } from "./open.ts";
import { DB_VERSION } from "./schema.ts";

let name: string;
let disk: Disk;

beforeEach(() => {
  name = freshName();
  disk = openDisk({ name });
});

function mark(): Promise<unknown> {
  return disk.write((tx) => tx.objectStore("meta").put({ only: "leaving" }));
}

const marks = (): Promise<number> => disk.read((tx) => tx.objectStore("meta").count());

test("a body that throws leaves nothing behind", async () => {
  const failing = disk.write(async (tx) => {
    await tx.objectStore("meta").put({ only: "leaving" });
    throw new Error("changed my mind");
  });
  await expect(failing).rejects.toThrow("changed my mind");
  expect(await marks()).toBe(0);
});

test("a database that somebody else deletes is let go of, and opened again when it is needed", async () => {
  await mark();
  await deleteDB(name);
  expect(await marks()).toBe(0);
  await mark();
  expect(await marks()).toBe(1);
});

test("a connection that the browser has closed is opened again, and the transaction is repeated", async () => {
  await mark();
  let runs = 0;
  const found = await disk.read(async (tx) => {
    runs += 1;
    if (runs === 1) throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
    return tx.objectStore("meta").count();
  });
  expect([runs, found]).toEqual([2, 1]);
});

test("a database that stays broken is the caller's to know", async () => {
  let runs = 0;
  const failing = disk.read(async () => {
    runs += 1;
    throw new DOMException("Connection to Indexed Database server lost.", "UnknownError");
  });
  await expect(failing).rejects.toThrow("lost");
  expect(runs).toBe(3);
});

test("two tabs share what is written", async () => {
  await mark();
  const other = openDisk({ name });
  expect(await other.read((tx) => tx.objectStore("meta").count())).toBe(1);
  await other.close();
});

test("a newer build's upgrade is not held up", async () => {
  await mark();
  const newer = await openDB(name, DB_VERSION + 1);
  expect(newer.version).toBe(DB_VERSION + 1);
  newer.close();
});

test("what the first version kept is taken over, and wants a snapshot to fill it up", async () => {
  const [me, bob] = [
    { id: "alice", name: "Alice", phoneHint: "01", epoch: "e", session: "s" },
    { id: "bob", name: "Bob" },
  ];
  const old = await firstVersion();
  const marks = { delivered: 1, read: 1 };
  const row = { headSeq: 1, mine: marks, theirs: marks, oldestSeq: 1, unheld: null, toRead: 1 };
  const unsent = {
    cid: "c1",
    conversation: "c",
    to: "bob",
    text: "hi",
    composedAt: 1,
    order: 1,
    refused: null,
  };
  await old.put("meta", { only: "device", me, epoch: "e", cursor: 7 });
  await old.put("conversations", { id: "c", with: bob, ...row });
  await old.put("messages", {
    conversation: "c",
    seq: 1,
    cid: "c0",
    from: "bob",
    to: "alice",
    text: "ho",
    sentAt: 1,
  });
  await old.put("outbox", unsent);
  old.close();
  const loaded = await load({ disk, user: "alice" as UserId });
  expect(loaded.device).toMatchObject({
    cursor: 7,
    epoch: "e",
    stale: true,
    me: { ...me, showsPresence: true },
  });
  expect(loaded.conversations).toMatchObject([
    { row: { id: "c", ...row, with: { ...bob, hue: null }, alias: null, muted: false, standing: "contact" } },
  ]);
  expect(loaded.conversations[0]?.last?.text).toBe("ho");
  // Whether it has left is not known: it may have.
  expect(loaded.unsent).toEqual([{ ...unsent, wantedAt: 1, saidAt: 1 }] as never);
});

/** A database as the first build made it. */
function firstVersion(): Promise<IDBPDatabase> {
  return openDB(name, 1, {
    upgrade(db) {
      db.createObjectStore("meta", { keyPath: "only" });
      db.createObjectStore("conversations", { keyPath: "id" });
      const messages = db.createObjectStore("messages", { keyPath: ["conversation", "seq"] });
      messages.createIndex("sentAt", "sentAt");
      messages.createIndex("sender", ["conversation", "from", "seq"]);
      db.createObjectStore("outbox", { keyPath: "cid" }).createIndex("order", "order");
      db.createObjectStore("drafts", { keyPath: "conversation" });
    },
  });
}
