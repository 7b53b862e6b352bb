import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import { createWriter } from "../messages/writer.ts";
import { makePair, newCid } from "../testing/people.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { DAY_MS, dayOf, makePartitions, partitionName, startOfDay } from "./partitions.ts";
import { lastPurgeAt, purge } from "./purge.ts";
import { reportText } from "./report.ts";
import { isSchedule } from "./schedule.ts";

const START = Date.UTC(2026, 1, 26, 22);

let database: TestDatabase;
let now = START;

beforeAll(async () => {
  database = await testDatabase();
  await makePartitions(database.db, now);
});

afterAll(() => database.close());

describe("partitions", () => {
  test("are named after their UTC day, and tell it", () => {
    expect(partitionName("messages", startOfDay(START))).toBe("messages_20260226");
    expect(dayOf("inbox_20260226")).toBe(startOfDay(START));
  });

  test("can be made by several starters at once, and again", async () => {
    await Promise.all([1, 2, 3].map(() => makePartitions(database.db, now)));
    const [row] =
      await database.db`select count(*) as days from pg_inherits where inhparent = 'messages'::regclass`;
    expect(row?.days).toBeGreaterThanOrEqual(7 + 4);
  });
});

describe("the purge", () => {
  test("drops whole days past the retention, raises floors, and keeps everything younger", async () => {
    const { alice, bob } = await makePair(database.db);
    const write = createWriter({
      db: database.db,
      clock: () => now,
      log: quietLog,
      instance: "test",
      committed: () => {},
    }).write;
    const texts = ["day 0", "day 1", "day 7"];
    for (const [text, day] of [
      ["day 0", 0],
      ["day 1", 1],
      ["day 7", 7],
    ] as const) {
      now = START + day * DAY_MS;
      await makePartitions(database.db, now);
      await write({ kind: "send", user: alice, cid: newCid(), to: bob, text });
    }
    expect(await textsOf(bob)).toEqual(texts);

    now = START + 8 * DAY_MS;
    const wish = await purge(database.db, { now, dryRun: true });
    expect(await textsOf(bob)).toEqual(texts);
    expect(await lastPurgeAt(database.db)).toBeNull();
    const report = await purge(database.db, { now });
    expect(report).toMatchObject({ dropped: wish?.dropped, rows: 3, bytes: wish?.bytes });
    expect(report?.bytes).toBeGreaterThan(0);
    expect(await lastPurgeAt(database.db)).toBe(now);
    expect(report?.dropped).toContain("messages_20260226");
    expect(report?.dropped).toContain("inbox_20260226");
    expect(report?.dropped).not.toContain("messages_20260227");
    expect(report?.oldestAt).toMatchObject({ messages: START + DAY_MS, inbox: START + DAY_MS });
    expect(await textsOf(bob)).toEqual(["day 1", "day 7"]);
    expect(await selectState(database.db, bob)).toMatchObject({ head: 3, floor: 1 });
    expect((await purge(database.db, { now }))?.dropped).toEqual([]);
  });

  test("goes through while people write, and twice at once", async () => {
    const { alice, bob } = await makePair(database.db);
    const { write } = createWriter({
      db: database.db,
      clock: () => now,
      log: quietLog,
      instance: "test",
      committed: () => {},
    });
    now += 20 * DAY_MS;
    await makePartitions(database.db, now);
    const sends = Array.from({ length: 40 }, (_, n) =>
      write({ kind: "send", user: alice, cid: newCid(), to: bob, text: `${n}` }),
    );
    const reports = await Promise.all([purge(database.db, { now }), purge(database.db, { now })]);
    expect(reports.flatMap((report) => report?.dropped ?? []).length).toBeGreaterThan(0);
    const outcomes = await Promise.all(sends);
    expect(outcomes.every((outcome) => outcome.is === "sent")).toBe(true);
    expect((await purge(database.db, { now }))?.dropped).toEqual([]);
  });

  test("reports in words what it did and what is left", () => {
    const report = { dropped: ["messages_20260226"], rows: 3, bytes: 1_572_864 };
    const oldestAt = { messages: START, inbox: null, outbox: null };
    const text = reportText({ ...report, oldestAt }, { dryRun: false });
    expect(text).toContain("Dropped 1 days' partitions, 3 rows, 1.5 MiB: messages_20260226.");
    expect(text).toContain("messages  2026-02-26T22:00:00.000Z");
    expect(text).toContain("inbox     nothing left");
    expect(reportText(null, { dryRun: false })).toContain("Another purge is running");
  });
});

describe("a schedule", () => {
  test("is a cron expression that will come round", () => {
    expect(["0 3 * * 0", "0 3 * * *", "*/5 * * * *"].map(isSchedule)).toEqual([true, true, true]);
    expect(["", "weekly", "99 * * * *", "0 0 31 2 *"].map(isSchedule)).toEqual([false, false, false, false]);
  });
});

async function textsOf(user: UserId): Promise<string[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 10, since: 0 });
  return rows.map((row) => JSON.parse(row.frame).text);
}
