import { afterAll, beforeAll, expect, test } from "bun:test";
import { readOutbox } from "../inbox/outbox.ts";
import { leaveForSweep } from "../inbox/publisher.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { createOldestRow } from "./oldest.ts";
import { DAY_MS } from "./kept.ts";
import { purge } from "./purge.ts";

const START = Date.UTC(2026, 3, 10, 12);

let database: TestDatabase;
let now = START;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

test("the oldest row is the first of the first day that has one, until the purge takes the day", async () => {
  const oldestRow = createOldestRow(database.db);
  expect(await oldestRow()).toBeNull();
  const { alice, bob } = await makePair(database.db);
  const { write } = testWriter({ db: database.db, clock: () => now }).writer;
  for (const later of [0, 60_000, DAY_MS]) {
    now = START + later;
    await write({ kind: "send", user: alice, cid: newCid(), to: bob, text: "hello" });
    expect(await oldestRow()).toBe(START);
  }
  await purge(database.db, { now: START + 8 * DAY_MS });
  expect(await oldestRow()).toBe(START + DAY_MS);
});

test("the outbox tells how many wait and since when, but not of what has no age", async () => {
  const empty = { rows: 0, oldestAt: null };
  await database.db`delete from bus_outbox`;
  expect(await readOutbox(database.db)).toEqual(empty);
  await leaveForSweep(database.db, []);
  expect(await readOutbox(database.db)).toEqual({ rows: 1, oldestAt: null });
  await database.db`insert into bus_outbox (created_at, records) values (${START}, '[]')`;
  expect(await readOutbox(database.db)).toEqual({ rows: 2, oldestAt: START });
});
