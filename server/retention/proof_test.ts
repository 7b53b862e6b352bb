/** The promise of seven days, tried on every copy that the server keeps: after day eight nothing holds the text. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "redis";
import { RETENTION_MS } from "#protocol/limits.ts";
import { readConfig } from "../config.ts";
import { selectFrames } from "../inbox/queries.ts";
import { search } from "../messages/search.ts";
import { createPresence } from "../presence/presence.ts";
import { connectRedisStore } from "../store/redis.ts";
import { makePair, newCid } from "../testing/people.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase, testRedisUrl, uniqueName } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { DAY_MS } from "./kept.ts";
import { makePartitions } from "./partitions.ts";
import { purge } from "./purge.ts";

const START = Date.UTC(2026, 6, 4, 23, 59);
const NEEDLE = "the text that must be gone";

let database: TestDatabase;
let now = START;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

test("after day eight no table holds the text, whatever the bus never took", async () => {
  const { alice, bob, conversation } = await makePair(database.db);
  // Nobody publishes here: the outbox keeps its rows, as when the bus was away all week. It names what grew, and holds no copy.
  const { write } = testWriter({ db: database.db, clock: () => now }).writer;
  await write({ kind: "send", user: alice, cid: newCid(), to: bob, text: NEEDLE });
  await write({ kind: "read", user: bob, conversation, seq: 1 });
  const about = { kind: "revise", cid: newCid(), conversation, seq: 1 } as const;
  await write({ ...about, user: bob, act: { is: "react", emoji: "👍" } });
  await write({ ...about, cid: newCid(), user: alice, act: { is: "edit", text: `${NEEDLE}, edited` } });
  // Answered on the fifth day: the answer outlives what it quotes.
  now = START + 5 * DAY_MS;
  await makePartitions(database.db, now);
  const answered = await write({
    kind: "send",
    user: bob,
    cid: newCid(),
    to: alice,
    text: "noted",
    replyTo: 1,
  });
  expect(answered.is).toBe("sent");
  expect(await tablesWith(NEEDLE)).toEqual([expect.stringMatching(/^messages_/)]);
  const find = async (text: string) => (await search(database.db, { user: alice, text, now })).found.length;
  expect(await find(NEEDLE)).toBe(1);

  now = START + 8 * DAY_MS;
  // Nothing was dropped yet.
  expect([await find(NEEDLE), await find("noted")]).toEqual([0, 1]);
  await purge(database.db, { now });
  expect(await tablesWith(NEEDLE)).toEqual([]);
  expect(await tablesWith("noted")).toEqual([expect.stringMatching(/^messages_/)]);
  for (const user of [alice, bob]) {
    expect(
      JSON.stringify(await selectFrames(database.db, user, { after: 0, limit: 50, since: 0 })),
    ).not.toContain(NEEDLE);
  }
});

test("the store never holds what people write", async () => {
  const prefix = uniqueName("proof");
  const store = await connectRedisStore(testRedisUrl(), { prefix, log: quietLog });
  const { alice, bob } = await makePair(database.db);
  const presence = createPresence({ store, clock: () => now, log: quietLog, announce: async () => {} });
  const { write } = testWriter({ db: database.db, clock: () => now }).writer;
  await presence.hold(alice, "phone", "online");
  await write({ kind: "send", user: alice, cid: newCid(), to: bob, text: NEEDLE });
  expect(await redisDump(prefix)).toContain(alice);
  expect(await redisDump(prefix)).not.toContain(NEEDLE);
  await store.set("code", "hash", { ttlMs: DAY_MS });
  // Leases are taken away by the sweep of whichever instance comes first.
  expect(await endless(prefix)).toSatisfy((keys: string[]) => keys.every((key) => key.includes("lease")));
  await store.close();
});

test("the bus can be told to keep less than the retention, never more", () => {
  const kept = (days: number) => ({ KAFKA_BROKERS: "kafka:9092", KAFKA_RETENTION_MS: String(days * DAY_MS) });
  expect(readConfig(kept(7)).kafka?.retentionMs).toBe(RETENTION_MS);
  expect(() => readConfig(kept(8))).toThrow("KAFKA_RETENTION_MS");
});

/** Tables, partitions included, with a row that shows `text` in any column. */
async function tablesWith(text: string): Promise<string[]> {
  const { db } = database;
  const tables = await db<{ name: string }[]>`
    select relname as name from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db`select 1 from ${db(name)} as t where position(${text} in t::text) > 0 limit 1`;
    if (row !== undefined) found.push(name);
  }
  return found;
}

/** Keys of a prefix that do not end by themselves. */
async function endless(prefix: string): Promise<string[]> {
  const client = createClient({ url: testRedisUrl() });
  await client.connect();
  const found: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) {
    for (const key of keys) if ((await client.pTTL(key)) < 0) found.push(key);
  }
  client.destroy();
  return found;
}

/** Every key of a prefix and all that it holds. */
async function redisDump(prefix: string): Promise<string> {
  const client = createClient({ url: testRedisUrl() });
  await client.connect();
  const parts: string[] = [];
  for await (const keys of client.scanIterator({ MATCH: `${prefix}*` })) {
    for (const key of keys) parts.push(key, String(await client.dump(key)));
  }
  client.destroy();
  return parts.join("\n");
}
