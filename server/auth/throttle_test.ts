import { beforeEach, expect, test } from "bun:test";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { createKeys } from "./keys.ts";
import { createThrottle } from "./throttle.ts";
import type { Asker, Throttle } from "./throttle.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const [ANN, BEN] = ["+12025550101", "+12025550102"];
const ANY = "203.0.113.1";
const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);
const limits = { codesPerNumberHour: 4, codesPerIpHour: 3, codesPerMinute: 6, triesPerIpHour: 2 };

/** Addresses of networks that have nothing to do with one another. */
const NETWORKS = Array.from({ length: 50 }, (_, at) => `198.51.100.${at}`);

let now: number;
let store: Store;
let throttle: Throttle;

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  store = createSqliteStore(":memory:", { clock: () => now });
  throttle = createThrottle({ store, keys, limits });
});

function from(ip: string): Asker {
  return { ip, browser: null };
}

function refusedFor(retryAfterMs: number) {
  return { code: "rate_limited", retryAfterMs };
}

async function times(count: number, act: () => Promise<void>): Promise<void> {
  for (let done = 0; done < count; done++) await act();
}

test("an address may ask for so many codes an hour, and is told when it may again", async () => {
  await times(limits.codesPerIpHour, () => throttle.asking(from("198.51.100.1")));
  now += 20 * MINUTE_MS;
  await expect(throttle.asking(from("198.51.100.1"))).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: 40 * MINUTE_MS,
  });
  await throttle.asking(from("198.51.100.2"));
  now += 40 * MINUTE_MS;
  expect(await throttle.asking(from("198.51.100.1"))).toBeUndefined();
});

test("the addresses of one IPv6 network are one", async () => {
  await times(limits.codesPerIpHour, () => throttle.asking(from("2001:db8::1")));
  await expect(throttle.asking(from("2001:db8::2"))).rejects.toMatchObject({ code: "rate_limited" });
});

test("a number gets so many codes an hour from strangers, wherever they ask from, and half of them from one network", async () => {
  const [first = "", second = "", third = ""] = NETWORKS;
  await times(2, () => throttle.making(ANN, from(first)));
  await expect(throttle.making(ANN, from(first))).rejects.toMatchObject(refusedFor(HOUR_MS));
  await times(2, () => throttle.making(ANN, from(second)));
  await expect(throttle.making(ANN, from(third))).rejects.toMatchObject(refusedFor(HOUR_MS));
  expect(await throttle.making(BEN, from(third))).toBeUndefined();
});

test("a number gets four hours' worth of mails from strangers in a day, however patient they are", async () => {
  let mailed = 0;
  for (let hour = 0; hour < 24; hour++) {
    for (const network of NETWORKS) {
      const outcome = await Promise.allSettled([throttle.making(ANN, from(network))]);
      if (outcome[0]?.status === "fulfilled") mailed += 1;
      now += MINUTE_MS;
    }
    now += HOUR_MS - NETWORKS.length * MINUTE_MS;
  }
  expect(mailed).toBe(4 * limits.codesPerNumberHour);
});

test("who signed in here before gets codes while strangers use up everything that they can", async () => {
  const phones = Array.from({ length: 20 }, (_, at) => `+120255501${at + 10}`);
  const flood = NETWORKS.flatMap((network) =>
    [ANN, ...phones].flatMap((phone) => [
      throttle.asking(from(network)),
      throttle.making(phone, from(network)),
    ]),
  );
  const attacks = await Promise.allSettled(flood);
  expect(attacks.some(({ status }) => status === "rejected")).toBe(true);
  const known = { ip: NETWORKS[0] ?? "", browser: "ann's own" };
  for (let code = 0; code < limits.codesPerIpHour; code++) {
    await throttle.asking(known);
    await throttle.making(ANN, known);
  }
  expect(await throttle.trying(known)).toBeUndefined();
});

test("a known browser has an hour's worth of codes too, and no more", async () => {
  const known = { ip: ANY, browser: "ann's own" };
  await times(limits.codesPerNumberHour, () => throttle.making(ANN, known));
  await expect(throttle.making(ANN, known)).rejects.toMatchObject(refusedFor(HOUR_MS));
});

test("strangers in all get so many codes a minute", async () => {
  for (let at = 0; at < limits.codesPerMinute; at++) await throttle.making(`+120255501${10 + at}`, from(ANY));
  await expect(throttle.making(ANN, from(ANY))).rejects.toMatchObject(refusedFor(MINUTE_MS));
});

test("a number that is refused takes nothing from what is for all", async () => {
  await times(2, () => throttle.making(ANN, from(ANY)));
  for (let asked = 0; asked < 10; asked++) {
    await expect(throttle.making(ANN, from(ANY))).rejects.toMatchObject(refusedFor(HOUR_MS));
  }
  expect(await throttle.making(BEN, from(ANY))).toBeUndefined();
});

test("an address may try so many codes an hour", async () => {
  await times(limits.triesPerIpHour, () => throttle.trying(from("198.51.100.1")));
  await expect(throttle.trying(from("198.51.100.1"))).rejects.toMatchObject({
    code: "rate_limited",
    retryAfterMs: HOUR_MS,
  });
});

test("requests that race are counted each", async () => {
  const asked = await Promise.allSettled(
    Array.from({ length: 20 }, () => throttle.asking(from("198.51.100.1"))),
  );
  expect(asked.filter((one) => one.status === "fulfilled")).toHaveLength(limits.codesPerIpHour);
});

test("a store that is out of reach is no refusal of the person", async () => {
  const broken: Store = { ...store, increment: () => Promise.reject(new Error("the store is away")) };
  const throttle = createThrottle({ store: broken, keys, limits });
  await expect(throttle.asking(from("198.51.100.1"))).rejects.toThrow("the store is away");
});
