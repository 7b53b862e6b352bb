/** The command, as a schedule runs it: what it says, and that a kill half-way leaves nothing that the next run does not mend. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { selectState } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { until } from "../testing/until.ts";
import { DAY_MS } from "./kept.ts";
import { makePartition, makePartitions, partitionName, startOfDay } from "./partitions.ts";
import { purge } from "./purge.ts";

const MAIN = join(import.meta.dirname, "../main.ts");
/** The command goes by the machine's clock. */
const NOW = Date.now();
const FIRST_DAY = startOfDay(NOW) - 10 * DAY_MS;
const SECOND_DAY = FIRST_DAY + DAY_MS;
const KEYS = `k1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

test("a purge that is killed half-way is gone through by the next, and nobody is left with a hole between", async () => {
  const { db } = database;
  const { alice, bob } = await makePair(db);
  let at = FIRST_DAY;
  const { write } = testWriter({ db, clock: () => at }).writer;
  await makePartitions(db, NOW);
  await db.begin(async (tx) => {
    for (const table of ["messages", "inbox"]) {
      for (const day of [FIRST_DAY, SECOND_DAY]) await makePartition(tx, { table, day });
    }
  });
  for (at of [FIRST_DAY, SECOND_DAY, NOW]) {
    await write({ kind: "send", user: alice, cid: newCid(), to: bob, text: "hello" });
  }
  const days = [FIRST_DAY, SECOND_DAY].map((day) => partitionName("messages", day));
  const left = () => partitionsLeft(days);

  // Somebody reads the second day, so the purge cannot get past it.
  const reader = await db.reserve();
  await reader`begin`;
  await reader`lock table ${reader(days[1] ?? "")} in access share mode`;
  const purging = startPurge();
  await until(async () => (await left()).length === 1);
  purging.kill("SIGKILL");
  await purging.exited;
  expect(await left()).toEqual(days.slice(1));
  expect(await selectState(db, bob)).toMatchObject({ head: 3, floor: 2 });

  await reader`rollback`;
  reader.release();
  // Postgres may not have noticed yet that whoever held the purge's lock is gone.
  await until(async () => (await purge(db, { now: NOW, dryRun: true })) !== null);
  expect(await said(startPurge("--dry-run"))).toMatch(new RegExp(`^Would drop .*${days[1]}`));
  expect(await left()).toEqual(days.slice(1));
  expect(await purge(db, { now: NOW })).not.toBeNull();
  expect(await left()).toEqual([]);
  expect(await selectState(db, bob)).toMatchObject({ head: 3, floor: 2 });
}, 120_000);

function startPurge(...args: string[]) {
  return Bun.spawn([process.execPath, "--no-env-file", MAIN, "purge", ...args], {
    env: { PATH: process.env["PATH"], DATABASE_URL: database.url, PARLEY_KEYS: KEYS },
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function said(purging: ReturnType<typeof startPurge>): Promise<string> {
  const [words, code] = await Promise.all([purging.stdout.text(), purging.exited]);
  expect(code).toBe(0);
  return words;
}

async function partitionsLeft(names: string[]): Promise<string[]> {
  const found = await database.db<{ name: string }[]>`
    select relname as name from pg_class where relname = any(${names}) order by relname`;
  return found.map(({ name }) => name);
}
