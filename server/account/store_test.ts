/** What the store of many instances holds of somebody, before and after they deleted their account. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { createClient } from "redis";
import { systemClock } from "../clock.ts";
import { connectUsers } from "../contacts/connect.ts";
import { connectRedisStore } from "../store/redis.ts";
import { openDoor } from "../testing/door.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase, testRedisUrl, uniqueName } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { until } from "../testing/until.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [systemClock()] });
});

afterAll(() => database.close());

test("after a deletion Redis holds nothing of the person, but for two minutes that they are gone", async () => {
  const prefix = uniqueName("gone");
  const store = await connectRedisStore(testRedisUrl(), { prefix, log: quietLog });
  const door = openDoor({ db: database.db, clock: systemClock, store });
  const [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  await database.db.begin((tx) =>
    connectUsers(tx, [ann.id, ben.id], { at: systemClock(), origin: "a test" }),
  );
  const browser = door.browser();
  await door.signIn(browser, ann.phone);
  await door.presence.hold(ann.id, "a connection", "online");
  await browser.get("/api/export");
  await browser.post("/api/account/deletion/code", {});
  await door.mailed();
  const number = door.keys.blindIndex("phone", ann.phone).toString("base64url");
  expect((await everything(prefix)).filter((line) => line.includes(ann.id)).length).toBeGreaterThan(4);

  const code = /^\d{6}$/m.exec(door.mails.at(-1)?.text ?? "")?.[0] ?? "";
  expect(await browser.post("/api/account/deletion", { code })).toMatchObject({ status: 204 });
  // As when the sockets close, on whatever instance, after all was forgotten.
  await door.presence.leave(ann.id, "a connection", "online");
  await store.lease(`presence:${ann.id}`, "a connection", { value: "online", ttlMs: 1 });
  await until(async () => (await door.presence.sweep()) > 0);

  const left = await everything(prefix);
  const [mark, ...others] = left.filter((line) => line.includes(ann.id));
  expect([mark, others]).toEqual([`${prefix}entry:forgotten:${ann.id}`, []]);
  expect(await lifeMs(mark ?? "")).toBeLessThan(2 * 60_000);
  // What is named after the keyed hash of the number counts what strangers asked for, and is gone within the hour.
  for (const line of left.filter((one) => one.includes(number))) expect(line).toMatch(/code\.|limit\./);
  for (const secret of [ann.phone.slice(1), ann.email, "Ann"]) expect(left.join("\n")).not.toContain(secret);
  await door.close();
});

/** Every key under the prefix, and what it holds, one a line. */
async function everything(prefix: string): Promise<string[]> {
  return withRedis(async (redis) => {
    const lines: string[] = [];
    for await (const keys of redis.scanIterator({ MATCH: `${prefix}*`, COUNT: 1_000 })) {
      for (const key of keys) lines.push(`${key}${await contentOf(redis, key)}`);
    }
    return lines.toSorted();
  });
}

type Redis = ReturnType<typeof openRedis>;

async function contentOf(redis: Redis, key: string): Promise<string> {
  const type = await redis.type(key);
  const held = {
    string: () => redis.get(key),
    set: () => redis.sMembers(key),
    hash: () => redis.hGetAll(key),
    zset: () => redis.zRange(key, 0, -1),
  }[type];
  const content = JSON.stringify(await held?.());
  return content === '""' ? "" : ` ${content}`;
}

function lifeMs(key: string): Promise<number> {
  return withRedis((redis) => redis.pTTL(key));
}

function openRedis() {
  return createClient({ url: testRedisUrl() });
}

async function withRedis<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = openRedis();
  await redis.connect();
  try {
    return await work(redis);
  } finally {
    redis.destroy();
  }
}
