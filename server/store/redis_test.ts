import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import { createClient } from "redis";
import { quietLog as log, recordLog } from "../testing/quiet.ts";
import { startProxy } from "../testing/proxy.ts";
import { testRedisUrl, uniqueName } from "../testing/services.ts";
import { until } from "../testing/until.ts";
import { connectRedisStore } from "./redis.ts";
import { storeContract } from "./store_contract.ts";

/** Giving up takes two seconds, and more on a busy machine. */
setDefaultTimeout(30_000);

const LONG_MS = 60_000;

storeContract("the store in Redis", async () => {
  const options = { prefix: uniqueName("test"), log };
  const client = createClient({ url: testRedisUrl() });
  await client.connect();
  const nowOf = async () => {
    const [seconds, micros] = await client.time();
    return Number(seconds) * 1_000 + Number(micros) / 1_000;
  };
  const stores = await Promise.all([
    connectRedisStore(testRedisUrl(), options),
    connectRedisStore(testRedisUrl(), options),
  ]);
  return {
    stores,
    async pass(ms) {
      // Redis counts whole milliseconds.
      const then = (await nowOf()) + ms + 1;
      await until(async () => (await nowOf()) > then);
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      await client.close();
    },
  };
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

async function openProxied() {
  const url = new URL(testRedisUrl());
  const proxy = await startProxy({ host: url.hostname, port: Number(url.port) });
  cleanups.push(proxy.close);
  url.port = String(proxy.port);
  const store = await connectRedisStore(url.href, { prefix: uniqueName("test"), log });
  cleanups.push(store.close);
  return { proxy, store };
}

test("a call that gets no answer rejects as unavailable, and later calls work", async () => {
  const { proxy, store } = await openProxied();
  await store.set("key", "value", { ttlMs: LONG_MS });
  proxy.freeze();
  await expect(store.get("key")).rejects.toMatchObject({ code: "unavailable" });
  proxy.thaw();
  expect(await store.get("key")).toBe("value");
});

test("calls reject while Redis is away, and work again by themselves when it is back", async () => {
  const { proxy, store } = await openProxied();
  await store.set("key", "value", { ttlMs: LONG_MS });
  proxy.cut();
  await expect(store.get("key")).rejects.toMatchObject({ code: "unavailable" });
  proxy.mend();
  await until(() =>
    store.get("key").then(
      (value) => value === "value",
      () => false,
    ),
  );
  expect(await store.get("key")).toBe("value");
});

test("what is left of a lease whose group Redis threw away is handed to nobody, and holds up no other", async () => {
  const prefix = uniqueName("test");
  const store = await connectRedisStore(testRedisUrl(), { prefix, log });
  const client = createClient({ url: testRedisUrl() });
  await client.connect();
  await store.lease("evicted", "holder", { value: "", ttlMs: 1 });
  await store.lease("there", "holder", { value: "", ttlMs: 1 });
  await client.del(`${prefix}lease:evicted`);
  await until(async () =>
    (await store.takeExpired(10, { againMs: 1 })).some(({ group }) => group === "there"),
  );
  expect(await client.zCard(`${prefix}leases`)).toBe(1);
  await client.close();
  await store.close();
});

test("two prefixes in one Redis know nothing of each other", async () => {
  const [mine, yours] = await Promise.all([
    connectRedisStore(testRedisUrl(), { prefix: uniqueName("test"), log }),
    connectRedisStore(testRedisUrl(), { prefix: uniqueName("test"), log }),
  ]);
  await mine.set("key", "mine", { ttlMs: LONG_MS });
  await mine.lease("group", "holder", { value: "", ttlMs: 1 });
  expect(await yours.get("key")).toBeNull();
  expect(await yours.takeExpired(10, { againMs: LONG_MS })).toEqual([]);
  await Promise.all([mine.close(), yours.close()]);
});

test("a Redis that cannot be reached is one sentence, without the password", async () => {
  const { log: recorded, text } = recordLog();
  const options = { prefix: "", log: recorded, connectWithinMs: 100 };
  const connecting = connectRedisStore("redis://user:secret@127.0.0.1:1", options);
  await expect(connecting).rejects.toThrow("Redis at REDIS_URL cannot be reached");
  expect(text()).not.toContain("secret");
});
