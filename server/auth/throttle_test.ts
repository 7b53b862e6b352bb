import { beforeEach, expect, test } from "bun:test";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { createKeys } from "./keys.ts";
import { createThrottle } from "./throttle.ts";
import type { Throttle } from "./throttle.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);
const limits = { codesPerNumberHour: 2, codesPerIpHour: 3, codesPerMinute: 4, triesPerIpHour: 2 };

let now: number;
let store: Store;
let throttle: Throttle;

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  store = createSqliteStore(":memory:", { clock: () => now });
  throttle = createThrottle({ store, keys, limits });
});

async function times(count: number, act: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done++) await act();
}

test("an address may ask for so many codes an hour, and is told when it may again", async () => {
  await times(limits.codesPerIpHour, () => throttle.asking("198.51.100.1"));
  now += 20 * MINUTE_MS;
  await expect(throttle.asking("198.51.100.1")).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: 40 * MINUTE_MS,
  });
  await throttle.asking("198.51.100.2");
  now += 40 * MINUTE_MS;
  expect(await throttle.asking("198.51.100.1")).toBeUndefined();
});

test("the addresses of one IPv6 network are one", async () => {
  await times(limits.codesPerIpHour, () => throttle.asking("2001:db8::1"));
  await expect(throttle.asking("2001:db8::2")).rejects.toMatchObject({ code: "rate_limited" });
});

test("a number gets so many codes an hour, whoever asks", async () => {
  await times(limits.codesPerNumberHour, () => throttle.making("+12025550101"));
  await expect(throttle.making("+12025550101")).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: HOUR_MS,
  });
  expect(await throttle.making("+12025550102")).toBeUndefined();
});

test("all together get so many codes a minute", async () => {
  for (const phone of ["+12025550101", "+12025550102", "+12025550103", "+12025550104"]) {
    await throttle.making(phone);
  }
  await expect(throttle.making("+12025550105")).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: MINUTE_MS,
  });
});

test("a number that is refused takes nothing from what is for all", async () => {
  await times(limits.codesPerNumberHour, () => throttle.making("+12025550101"));
  for (let asked = 0; asked < 10; asked++) {
    await expect(throttle.making("+12025550101")).rejects.toMatchObject({ retryAfterMs: HOUR_MS });
  }
  expect(await throttle.making("+12025550102")).toBeUndefined();
});

test("an address may try so many codes an hour", async () => {
  await times(limits.triesPerIpHour, () => throttle.trying("198.51.100.1"));
  await expect(throttle.trying("198.51.100.1")).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: HOUR_MS,
  });
});

test("requests that race are counted each", async () => {
  const asked = await Promise.allSettled(Array.from({ length: 20 }, () => throttle.asking("198.51.100.1")));
  expect(asked.filter((one) => one.status === "fulfilled")).toHaveLength(limits.codesPerIpHour);
});

test("a store that is out of reach is no refusal of the person", async () => {
  const broken: Store = { ...store, increment: () => Promise.reject(new Error("the store is away")) };
  const throttle = createThrottle({ store: broken, keys, limits });
  await expect(throttle.asking("198.51.100.1")).rejects.toThrow("the store is away");
});
