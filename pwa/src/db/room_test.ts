import { beforeEach, expect, test } from "bun:test";
import { freshName, openFor } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { applyEvents, applySnapshot } from "./apply.ts";
import { load, readNewest } from "./load.ts";
import { openDisk } from "./open.ts";
import type { Disk } from "./open.ts";
import { makeRoom } from "./room.ts";
import { keepUnsent } from "./unsent.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

let log: Log;
let name: string;

beforeEach(() => {
  log = createLog({ now: () => NOW });
  name = freshName();
});

/** A device that holds `count` messages of one conversation, of which those up to `read` are read. */
async function filled(count: number, read: number) {
  const { person: bob, conversation } = log.meet("Bob");
  for (let n = 1; n <= count; n += 1) log.hear(bob.id, `message ${n}`);
  log.mark({ conversation, user: log.me.id, mark: "read", seq: read });
  const disk = await openFor(log, name);
  const owner = { disk, user: log.me.id };
  await applySnapshot(owner, { snapshot: { ...log.snapshot(), cursor: 0 } });
  await applyEvents(owner, { epoch: log.epoch, events: log.after(0) });
  return { disk, owner, bob, conversation };
}

async function held(disk: Disk, conversation: Parameters<typeof readNewest>[1]["conversation"]) {
  const messages = await readNewest(disk, { conversation, from: 0, limit: 1_000 });
  return [messages[0]?.seq, messages.at(-1)?.seq, messages.length];
}

test("room is made by what was read and is not new", async () => {
  const { disk, conversation } = await filled(200, 180);
  await disk.write(makeRoom);
  expect(await held(disk, conversation)).toEqual([151, 200, 50]);
});

test("nothing that is unread goes, nor does its count change", async () => {
  const { disk, owner, conversation } = await filled(200, 20);
  await disk.write(makeRoom);
  expect(await held(disk, conversation)).toEqual([21, 200, 180]);
  expect((await load(owner)).conversations[0]?.unread).toBe(180);
});

test("a full disk is written to once more, after room was made", async () => {
  const { disk: before, bob, conversation } = await filled(200, 180);
  await before.close();
  const disk = openDisk({ name, makeRoom });
  let runs = 0;
  const full = disk.write(async () => {
    runs += 1;
    if (runs === 1) throw new DOMException("The disk is full.", "QuotaExceededError");
    return "written";
  });
  expect(await full).toBe("written");
  expect(await held(disk, conversation)).toEqual([151, 200, 50]);
  const row = composed({ text: "hello", conversation, to: bob.id, now: NOW });
  expect((await keepUnsent({ disk, user: log.me.id }, row)).order).toBe(1);
});

test("a disk that stays full is the caller's to know", async () => {
  const { disk: before } = await filled(1, 1);
  await before.close();
  const disk = openDisk({ name, makeRoom });
  const failing = disk.write(async () => {
    throw new DOMException("The disk is full.", "QuotaExceededError");
  });
  await expect(failing).rejects.toThrow("full");
});
