import { beforeEach, expect, test } from "bun:test";
import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import { freshName } from "../testing/disk.ts";
import { openDisk } from "./open.ts";
import { unsentRows } from "./unsent.ts";
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

test("a device of the first version keeps what it holds; its unsent messages may have left", async () => {
  const old = await openDB(name, 1, {
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
  await old.put("outbox", { cid: "one", order: 1, text: "hello", composedAt: 7, refused: null });
  old.close();
  const rows: unknown[] = await disk.read(unsentRows);
  expect(rows).toMatchObject([{ cid: "one", text: "hello", wantedAt: 7, saidAt: 7 }]);
});
