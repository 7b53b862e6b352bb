import { beforeEach, expect, test } from "bun:test";
import "fake-indexeddb/auto";
import { deleteDB, openDB } from "idb";
import { freshName } from "../testing/disk.ts";
import { openDisk } from "./open.ts";
import type { Disk } from "./open.ts";

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
  const newer = await openDB(name, 2);
  expect(newer.version).toBe(2);
  newer.close();
});
