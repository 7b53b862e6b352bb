import { afterEach, beforeEach, expect, test } from "bun:test";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { quietLog } from "../testing/quiet.ts";
import { createRoster, readRoster } from "./roster.ts";
import type { Roster, RosterDeps } from "./roster.ts";

let now: number;
let store: Store;

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  store = createSqliteStore(":memory:", { clock: () => now });
});

afterEach(() => store.close());

function join(instance: string, deps: Partial<RosterDeps> = {}): Roster {
  return createRoster({
    store,
    clock: () => now,
    log: quietLog,
    instance,
    keys: ["k1"],
    connections: () => 0,
    writerDepth: () => 0,
    counts: () => ({ sends: 0, frames: 0 }),
    dependencies: async () => ({ postgres: { state: "up", latencyMs: 1.5 } }),
    ...deps,
  });
}

test("every instance says how it is, and those that started first come first", async () => {
  const counts = { sends: 10, frames: 40 };
  const first = join("b", {
    connections: () => 3,
    writerDepth: () => 2,
    keys: ["k2", "k1"],
    counts: () => ({ ...counts }),
  });
  now += 1;
  const second = join("a");
  now += 10_000;
  counts.sends += 25;
  counts.frames += 100;
  await second.say();
  await first.say();
  expect(await readRoster(store)).toEqual([
    {
      id: "b",
      startedAt: now - 10_001,
      connections: 3,
      writerDepth: 2,
      sendsPerSecond: 2.5,
      framesPerSecond: 10,
      dependencies: { postgres: { state: "up", latencyMs: 1.5 } },
      keys: ["k2", "k1"],
    },
    expect.objectContaining({ id: "a", sendsPerSecond: 0 }),
  ]);
});

test("an instance that says nothing any more is gone within seconds; one that stops, at once", async () => {
  const crashed = join("a");
  const stopping = join("b");
  await crashed.say();
  await stopping.say();
  await stopping.stop();
  now += 1;
  expect((await readRoster(store)).map(({ id }) => id)).toEqual(["a"]);
  await stopping.say();
  expect((await readRoster(store)).map(({ id }) => id)).toEqual(["a"]);
  now += 20_000;
  expect(await readRoster(store)).toEqual([]);
});

test("an instance goes on without the store", async () => {
  const away: Store = { ...store, lease: () => Promise.reject(new Error("away")) };
  await join("a", { store: away }).stop();
  expect(await readRoster(store)).toEqual([]);
});
