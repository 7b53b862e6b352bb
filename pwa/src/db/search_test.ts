import { beforeEach, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import { SEARCH_FOUND_MAX } from "#protocol/limits.ts";
import { freshName, openFor } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { applyEvents, applySnapshot } from "./apply.ts";
import type { Disk } from "./open.ts";
import { searchDevice } from "./search.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 24 * 3_600_000;

let now: number;
let log: Log;
let bob: Person;
let disk: Disk;

beforeEach(async () => {
  now = NOW;
  log = createLog({ now: () => now });
  ({ person: bob } = log.meet("Bob"));
  disk = await openFor(log, freshName());
  await applySnapshot(owner(), { snapshot: log.snapshot() });
});

const owner = () => ({ disk, user: log.me.id });

async function heard(text: string, daysAgo: number): Promise<void> {
  now = NOW - daysAgo * DAY_MS;
  const before = log.head();
  log.hear(bob.id, text);
  await applyEvents(owner(), { epoch: log.epoch, events: log.after(before) });
}

async function found(text: string, over = () => false): Promise<string[]> {
  return (await searchDevice(disk, { text, now: NOW, over })).map((message) => message.text);
}

test("finds through all seven days, newest first, and what a slow clock takes for the future", async () => {
  for (const [text, daysAgo] of [
    ["tea, last week", 6.5],
    ["tea, long gone", 7.5],
    ["coffee", 1],
    ["TEA, today", 0.1],
    ["tea, tomorrow", -1],
  ] as const)
    await heard(text, daysAgo);
  expect(await found("tea")).toEqual(["tea, tomorrow", "TEA, today", "tea, last week"]);
});

test("stops when there is enough", async () => {
  for (let n = 0; n < SEARCH_FOUND_MAX + 5; n += 1) await heard(`tea ${n}`, 0.5);
  expect(await found("tea")).toHaveLength(SEARCH_FOUND_MAX);
});

test("looks no further when nobody waits for it", async () => {
  await heard("tea", 3);
  expect(await found("tea", () => true)).toEqual([]);
});
