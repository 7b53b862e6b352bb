import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import { createWriter } from "../messages/writer.ts";
import { makePair, newCid } from "../testing/people.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { DAY_MS, dayOf, makePartitions, partitionName, startOfDay } from "./partitions.ts";
import { purge } from "./purge.ts";

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
    expect(row?.days).toBeGreaterThanOrEqual(7 + 14);
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
    const report = await purge(database.db, now);
    expect(report.dropped).toContain("messages_20260226");
    expect(report.dropped).toContain("inbox_20260226");
    expect(report.dropped).not.toContain("messages_20260227");
    expect(report.oldestAt).toBe(START + DAY_MS);
    expect(await textsOf(bob)).toEqual(["day 1", "day 7"]);
    expect(await selectState(database.db, bob)).toMatchObject({ head: 3, floor: 1 });
    expect((await purge(database.db, now)).dropped).toEqual([]);
  });
});

async function textsOf(user: UserId): Promise<string[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 10, since: 0 });
  return rows.map((row) => JSON.parse(row.frame).text);
}
