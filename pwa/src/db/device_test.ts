import { expect, test } from "bun:test";
import { freshName, openFor } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { applySnapshot } from "./apply.ts";
import { adopt, hasLeft, isLeaving, leave, readDevice } from "./device.ts";
import type { Disk } from "./open.ts";
import { STORES } from "./schema.ts";
import { keepUnsent } from "./unsent.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

const rows = (disk: Disk): Promise<number[]> =>
  disk.read((tx) => Promise.all(STORES.map((name) => tx.objectStore(name).count())));

async function filled(): Promise<{ disk: Disk; log: ReturnType<typeof createLog> }> {
  const log = createLog({ now: () => NOW });
  const { person, conversation } = log.meet("Bob");
  log.hear(person.id, "hello");
  const disk = await openFor(log, freshName());
  const owner = { disk, user: log.me.id };
  await applySnapshot(owner, { snapshot: log.snapshot() });
  await keepUnsent(owner, composed({ conversation, to: person.id, text: "unsent", now: NOW }));
  return { disk, log };
}

test("signing in again as the same person keeps what is here", async () => {
  const { disk, log } = await filled();
  const before = await rows(disk);
  await adopt(disk, { ...log.me, name: "Alice B." });
  expect(await rows(disk)).toEqual(before);
  expect(await readDevice(disk)).toMatchObject({ me: { name: "Alice B." }, epoch: log.epoch, cursor: 2 });
});

test("another person finds an empty device", async () => {
  const { disk } = await filled();
  const { me } = createLog({ name: "Carol", now: () => NOW });
  await adopt(disk, me);
  expect(await rows(disk)).toEqual([1, 0, 0, 0, 0, 0]);
  const empty = { epoch: null, cursor: 0, seal: null, stale: false, place: null };
  expect(await readDevice(disk)).toEqual({ only: "device", me, ...empty });
});

test("leaving wipes everything, the outbox too, and leaves a note of which session ended", async () => {
  const { disk, log } = await filled();
  expect(await leave(disk, { session: log.me.session })).toBe(true);
  expect(await rows(disk)).toEqual([1, 0, 0, 0, 0, 0]);
});

test("the end of an old session does not wipe what belongs to the next", async () => {
  const { disk, log } = await filled();
  const next = createLog({ name: "Carol", now: () => NOW });
  await adopt(disk, next.me);
  expect(await leave(disk, { session: log.me.session })).toBe(false);
  expect((await readDevice(disk))?.me.name).toBe("Carol");
});

test("leaving offline leaves a note too that the server does not know yet, and nothing else", async () => {
  const { disk, log } = await filled();
  await leave(disk, { session: log.me.session, toTell: true });
  expect(await rows(disk)).toEqual([2, 0, 0, 0, 0, 0]);
  expect(await isLeaving(disk)).toBe(true);
  await hasLeft(disk);
  expect(await isLeaving(disk)).toBe(false);
});
