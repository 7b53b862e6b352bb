import { afterEach, expect, setDefaultTimeout, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { systemClock } from "../clock.ts";
import { createPresence } from "../presence/presence.ts";
import { connectRedisStore } from "../store/redis.ts";
import { quietLog, recordLog } from "../testing/quiet.ts";
import { testRedisUrl, uniqueName } from "../testing/services.ts";
import { createLeaving } from "./leaving.ts";

setDefaultTimeout(60_000);

/** More than may be under way at once. */
const MANY = 250;
/** More than may wait for Redis at once, even if each were one call. */
const MORE_THAN_WAIT = 11_000;

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).toReversed()) await clean();
});

function leavers(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    user: `user-${index}` as UserId,
    id: `connection-${index}`,
    deviceState: "online" as const,
  }));
}

test("sees to those who left in their order, and to a bounded number of them at once", async () => {
  const begun: string[] = [];
  let [underWay, most] = [0, 0];
  const leaving = createLeaving({
    log: quietLog,
    async leave(_user, connection) {
      begun.push(connection);
      most = Math.max(most, ++underWay);
      await Bun.sleep(1);
      underWay -= 1;
    },
  });
  const all = leavers(MANY);
  for (const leaver of all) leaving.add(leaver);
  await leaving.settled();
  expect(begun).toEqual(all.map(({ id }) => id));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(MANY);
  expect(underWay).toBe(0);
});

test("goes on with the others when the store does not answer for one", async () => {
  const left: string[] = [];
  const { log, text } = recordLog();
  const leaving = createLeaving({
    log,
    async leave(_user, connection) {
      if (connection === "connection-0") throw new Error("the store did not answer");
      left.push(connection);
    },
  });
  const all = leavers(MANY);
  for (const leaver of all) leaving.add(leaver);
  await leaving.settled();
  expect(left).toEqual(all.slice(1).map(({ id }) => id));
  expect(text().trimEnd().split("\n")).toHaveLength(1);
});

test("a stop does not wait for ever for a store that is away", async () => {
  const { log, text } = recordLog();
  const leaving = createLeaving({ log, leave: () => new Promise(() => {}) });
  for (const leaver of leavers(MANY)) leaving.add(leaver);
  await leaving.settled();
  expect(text()).toContain("presence leases were not shortened");
});

test("when more leave at one moment than may wait for Redis, none fails and nobody who comes is turned away", async () => {
  const store = await connectRedisStore(testRedisUrl(), { prefix: uniqueName("test"), log: quietLog });
  cleanups.push(store.close);
  const { log, text } = recordLog();
  const presence = createPresence({ store, clock: systemClock, log, announce: async () => {} });
  const { promise: everybodyLeft, resolve } = Promise.withResolvers<void>();
  let left = 0;
  const leaving = createLeaving({
    log,
    async leave(...who) {
      await presence.leave(...who);
      if (++left === MORE_THAN_WAIT) resolve();
    },
  });
  for (const leaver of leavers(MORE_THAN_WAIT)) leaving.add(leaver);
  expect(await store.get("session")).toBeNull();
  await everybodyLeft;
  expect(text()).toBe("");
});
