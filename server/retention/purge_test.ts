import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { DAY_MS, KEPT } from "./kept.ts";
import { dayOf, makePartitions, partitionName, startOfDay } from "./partitions.ts";
import { lastPurgeAt, purge } from "./purge.ts";
import type { PurgeReport } from "./purge.ts";
import { reportText } from "./report.ts";
import { isOverdue, isSchedule } from "./schedule.ts";

const START = Date.UTC(2026, 1, 26, 22);

let database: TestDatabase;
let now = START;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

test("every table of the schema says how long it keeps its rows, and by a column that it has", async () => {
  const { db } = database;
  const tables = await db<{ name: string }[]>`
    select relname as name from pg_class
    where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`;
  expect(Object.keys(KEPT).toSorted()).toEqual(tables.map(({ name }) => name).toSorted());
  for (const [table, kept] of Object.entries(KEPT)) {
    if ("moment" in kept)
      await db`select ${db(kept.moment)} from ${db(table)} where ${db(kept.moment)} > ${now} limit 1`;
  }
});

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
    const write = testWriter({ db: database.db, clock: () => now }).writer.write;
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
    // Nothing was purged yet: it counts from when the schema was made.
    expect(await lastPurgeAt(database.db)).toBeWithin(Date.now() - 600_000, Date.now() + 1);
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
    const { write } = testWriter({ db: database.db, clock: () => now }).writer;
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

  test("takes single rows whose time is up, many at a time, and none that has no age", async () => {
    const { db } = database;
    await db`delete from bus_outbox`;
    const old = now - 7 * DAY_MS;
    await db`
      insert into bus_outbox (created_at, records)
      select at, '[]' from unnest(${[old, old + 1, 0]}::timestamptz[]) at`;
    await db`insert into bus_outbox (created_at, records) select ${old - 1}, '[]' from generate_series(1, 6000)`;
    expect((await purge(db, { now, dryRun: true }))?.expired["bus_outbox"]).toBe(6001);
    const report = await purge(db, { now });
    expect(report?.expired["bus_outbox"]).toBe(6001);
    expect(report?.oldestAt["bus_outbox"]).toBe(old + 1);
    expect(await db`select from bus_outbox`).toHaveLength(2);
  });

  test("reports in words what it did and what is left", () => {
    const report: PurgeReport = {
      dropped: ["messages_20260226"],
      rows: 3,
      bytes: 1_572_864,
      expired: { bus_outbox: 2, purges: 0 },
      oldestAt: { messages: START, inbox: null },
    };
    expect(reportText(report, { dryRun: false })).toBe(
      `Dropped 1 days' partitions, 3 rows, 1.5 MiB: messages_20260226.
Dropped 2 rows of bus_outbox, whose time was up.
Oldest row left:
  messages  2026-02-26T22:00:00.000Z
  inbox     nothing left`,
    );
    expect(reportText(report, { dryRun: true })).toStartWith("Would drop 1 days' partitions");
    expect(reportText(null, { dryRun: false })).toContain("Another purge is running");
  });
});

describe("a schedule", () => {
  test("is a cron expression that will come round", () => {
    expect(["0 3 * * 0", "0 3 * * *", "*/5 * * * *"].map(isSchedule)).toEqual([true, true, true]);
    expect(["", "weekly", "99 * * * *", "0 0 31 2 *"].map(isSchedule)).toEqual([false, false, false, false]);
  });

  test("is made up for when its moment went by without a purge, and only then", () => {
    const sundays = "0 3 * * 0";
    const sunday = Date.UTC(2026, 2, 1, 3);
    const purgedOnTime = { lastAt: sunday + 40 };
    expect(isOverdue(sundays, { ...purgedOnTime, now: sunday + 7 * DAY_MS - 1 })).toBe(false);
    expect(isOverdue(sundays, { ...purgedOnTime, now: sunday + 7 * DAY_MS })).toBe(true);
    expect(isOverdue(sundays, { lastAt: sunday - 3 * DAY_MS, now: sunday + 2 * DAY_MS })).toBe(true);
  });
});

async function textsOf(user: UserId): Promise<string[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 10, since: 0 });
  return rows.map((row) => JSON.parse(row.frame).text);
}
