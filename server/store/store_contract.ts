/** What every store promises (see `store.ts`), as tests that each adapter runs against itself. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Lease, Store } from "./store.ts";

export interface StoreHarness {
  /** Two clients of one and the same store. */
  stores: [Store, Store];
  /** Resolves when the store's clock has moved on by at least so much. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const RACERS = 50;
/** A life that nothing in a test outlasts, and one that `pass` can wait for. */
const LONG_MS = 60_000;
const SHORT_MS = 200;
/** Nobody is handed again in a test what somebody else has taken. */
const ONCE = { againMs: LONG_MS };

export function storeContract(name: string, open: () => Promise<StoreHarness>): void {
  describe(name, () => {
    let harness: StoreHarness;
    let store: Store;
    let other: Store;
    beforeAll(async () => {
      harness = await open();
      [store, other] = harness.stores;
    });
    afterAll(() => harness.close());

    /** Lets both clients do it many times at once. */
    const race = <T>(act: (store: Store, racer: number) => Promise<T>) =>
      Promise.all(Array.from({ length: RACERS }, (_, racer) => act(racer % 2 === 0 ? store : other, racer)));

    entries(() => ({ store, other, pass: harness.pass, race }));
    counters(() => ({ store, other, pass: harness.pass, race }));
    sets(() => ({ store, other, pass: harness.pass, race }));
    leases(() => ({ store, other, pass: harness.pass, race }));

    test("it answers a ping", async () => {
      expect(await store.ping()).toBeUndefined();
    });
  });
}

interface Tools {
  store: Store;
  other: Store;
  pass: (ms: number) => Promise<void>;
  race: <T>(act: (store: Store, racer: number) => Promise<T>) => Promise<T[]>;
}

function entries(tools: () => Tools) {
  test("what one client sets the other gets, until it is deleted", async () => {
    const { store, other } = tools();
    expect(await other.get("entry")).toBeNull();
    expect(await store.set("entry", "välue ✓", { ttlMs: LONG_MS })).toBe(true);
    expect(await other.get("entry")).toBe("välue ✓");
    expect(await other.delete("entry")).toBe(true);
    expect(await store.get("entry")).toBeNull();
    expect(await store.delete("entry")).toBe(false);
  });

  test("an empty value is a value", async () => {
    const { store } = tools();
    expect(await store.set("empty", "", { ttlMs: LONG_MS })).toBe(true);
    expect(await store.get("empty")).toBe("");
  });

  test("several values come in the order of their keys, without what is missing or over", async () => {
    const { store, other, pass } = tools();
    await store.set("several over", "over", { ttlMs: SHORT_MS });
    await store.set("several two", "2", { ttlMs: LONG_MS });
    await store.set("several one", "", { ttlMs: LONG_MS });
    await pass(SHORT_MS);
    const keys = ["several one", "several none", "several over", "several two", "several one"];
    expect(await other.values(keys)).toEqual(["", null, null, "2", ""]);
    expect(await store.values([])).toEqual([]);
  });

  test("setting again replaces the value and its life", async () => {
    const { store, pass } = tools();
    await store.set("replaced", "short", { ttlMs: SHORT_MS });
    await store.set("replaced", "long", { ttlMs: LONG_MS });
    await pass(SHORT_MS);
    expect(await store.get("replaced")).toBe("long");
  });

  test("a value is gone after its time to live: not to get, not to delete, absent to set", async () => {
    const { store, pass } = tools();
    await store.set("mortal", "value", { ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    expect(await store.get("mortal")).toBeNull();
    expect(await store.delete("mortal")).toBe(false);
    expect(await store.set("mortal", "next", { ttlMs: LONG_MS, ifAbsent: true })).toBe(true);
    expect(await store.get("mortal")).toBe("next");
  });

  test("of racing callers one sets what was absent, and the value is that one's", async () => {
    const { store, race } = tools();
    const won = await race((racing, racer) =>
      racing.set("claimed", String(racer), { ttlMs: LONG_MS, ifAbsent: true }),
    );
    expect(won.filter(Boolean)).toHaveLength(1);
    expect(await store.get("claimed")).toBe(String(won.indexOf(true)));
  });

  test("of racing callers one deletes", async () => {
    const { store, race } = tools();
    await store.set("doomed", "value", { ttlMs: LONG_MS });
    const deleted = await race((racing) => racing.delete("doomed"));
    expect(deleted.filter(Boolean)).toHaveLength(1);
  });
}

function counters(tools: () => Tools) {
  test("racing increments get a number each and none is lost", async () => {
    const { store, race } = tools();
    const counted = await race((racing) => racing.increment("raced", { ttlMs: LONG_MS }));
    const values = counted.map((counter) => counter.value).toSorted((a, b) => a - b);
    expect(values).toEqual(Array.from({ length: RACERS }, (_, index) => index + 1));
    expect(await store.counter("raced")).toMatchObject({ value: RACERS });
  });

  test("a counter can grow by more than one, or shrink", async () => {
    const { store } = tools();
    expect(await store.increment("points", { ttlMs: LONG_MS, by: 5 })).toMatchObject({ value: 5 });
    expect(await store.increment("points", { ttlMs: LONG_MS, by: -2 })).toMatchObject({ value: 3 });
  });

  test("a counter lives from its first increment, however often it grows", async () => {
    const { store, pass } = tools();
    await store.increment("window", { ttlMs: SHORT_MS });
    const second = await store.increment("window", { ttlMs: LONG_MS });
    expect(second.value).toBe(2);
    expect(second.ttlMs).toBeLessThanOrEqual(SHORT_MS);
    await pass(SHORT_MS);
    expect(await store.counter("window")).toBeNull();
    expect(await store.increment("window", { ttlMs: LONG_MS })).toMatchObject({ value: 1 });
  });

  test("a counter that is deleted starts anew", async () => {
    const { store, other } = tools();
    await store.increment("reset", { ttlMs: LONG_MS });
    expect(await other.delete("reset")).toBe(true);
    expect(await store.counter("reset")).toBeNull();
    const { value, ttlMs } = await store.increment("reset", { ttlMs: LONG_MS });
    expect(value).toBe(1);
    expect(ttlMs).toBeGreaterThan(SHORT_MS);
  });
}

function sets(tools: () => Tools) {
  test("a set has each member once, from whichever client, until it is removed", async () => {
    const { store, other, race } = tools();
    await race((racing, racer) => racing.add("set", `member ${racer % 3}`, { ttlMs: LONG_MS }));
    expect((await other.members("set")).toSorted()).toEqual(["member 0", "member 1", "member 2"]);
    await other.remove("set", "member 1");
    await other.remove("set", "never there");
    expect((await store.members("set")).toSorted()).toEqual(["member 0", "member 2"]);
    expect(await store.members("no such set")).toEqual([]);
  });

  test("adding prolongs the whole set and never shortens it", async () => {
    const { store, pass } = tools();
    await store.add("prolonged", "early", { ttlMs: SHORT_MS });
    await store.add("prolonged", "late", { ttlMs: LONG_MS });
    await store.add("prolonged", "brief", { ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    expect((await store.members("prolonged")).toSorted()).toEqual(["brief", "early", "late"]);
  });

  test("a set is gone after its life, and nothing of it comes back", async () => {
    const { store, pass } = tools();
    await store.add("mortal", "old", { ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    expect(await store.members("mortal")).toEqual([]);
    await store.add("mortal", "new", { ttlMs: LONG_MS });
    expect(await store.members("mortal")).toEqual(["new"]);
  });
}

function leases(tools: () => Tools) {
  test("live leases are listed by group, with what they hold", async () => {
    const { store, other } = tools();
    await store.lease("alice", "one", { value: "online", ttlMs: LONG_MS });
    await other.lease("alice", "two", { value: "away: for lunch", ttlMs: LONG_MS });
    await store.lease("bob", "three", { value: "", ttlMs: LONG_MS });
    const found = await other.leases(["alice", "bob", "nobody"]);
    expect(inOrder(found)).toEqual([
      { group: "alice", holder: "one", value: "online", expiresAt: expect.any(Number) },
      { group: "bob", holder: "three", value: "", expiresAt: expect.any(Number) },
      { group: "alice", holder: "two", value: "away: for lunch", expiresAt: expect.any(Number) },
    ]);
    expect(await store.leases([])).toEqual([]);
  });

  test("whoever takes a lease is told who holds one by then", async () => {
    const { store, other, pass } = tools();
    await store.lease("told", "over", { value: "gone", ttlMs: SHORT_MS });
    await store.lease("told", "one", { value: "away", ttlMs: LONG_MS });
    await store.lease("told elsewhere", "three", { value: "", ttlMs: LONG_MS });
    await pass(SHORT_MS);
    expect(inOrder(await other.lease("told", "two", { value: "online", ttlMs: LONG_MS }))).toEqual([
      { group: "told", holder: "one", value: "away", expiresAt: expect.any(Number) },
      { group: "told", holder: "two", value: "online", expiresAt: expect.any(Number) },
    ]);
    expect(inOrder(await store.lease("told", "one", { value: "online", ttlMs: LONG_MS }))).toMatchObject([
      { holder: "one", value: "online" },
      { holder: "two", value: "online" },
    ]);
    await store.drop(await store.takeExpired(RACERS, ONCE));
  });

  test("taking a lease again replaces its value and its end, sooner or later", async () => {
    const { store, pass } = tools();
    await store.lease("again", "longer", { value: "first", ttlMs: SHORT_MS });
    await store.lease("again", "longer", { value: "second", ttlMs: LONG_MS });
    await store.lease("again", "shorter", { value: "first", ttlMs: LONG_MS });
    await store.lease("again", "shorter", { value: "second", ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    expect(await store.leases(["again"])).toMatchObject([{ holder: "longer", value: "second" }]);
    const ended = await store.takeExpired(RACERS, ONCE);
    expect(ended).toMatchObject([{ group: "again", holder: "shorter", value: "second" }]);
    await store.drop(ended);
  });

  test("a lease that ended is not listed, is taken once with its last value, and is gone when dropped", async () => {
    const { store, other, pass } = tools();
    await store.lease("ended", "holder", { value: "last", ttlMs: SHORT_MS });
    const [live] = await store.leases(["ended"]);
    await pass(SHORT_MS);
    expect(await store.leases(["ended"])).toEqual([]);
    const ended = await other.takeExpired(RACERS, { againMs: SHORT_MS });
    expect(ended).toEqual([
      { group: "ended", holder: "holder", value: "last", expiresAt: live?.expiresAt ?? 0 },
    ]);
    await store.drop(ended);
    await store.drop([]);
    await pass(SHORT_MS);
    expect(await store.takeExpired(RACERS, ONCE)).toEqual([]);
  });

  test("an ended lease that somebody has taken is handed to nobody else meanwhile", async () => {
    const { store, other, pass } = tools();
    await store.lease("in hand", "holder", { value: "last", ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    const ended = await store.takeExpired(RACERS, ONCE);
    expect(ended).toMatchObject([{ group: "in hand" }]);
    expect(await other.takeExpired(RACERS, ONCE)).toEqual([]);
    await store.drop(ended);
  });

  test("an ended lease that whoever took it did not drop is handed out again, each time after its time", async () => {
    const { store, other, pass } = tools();
    await store.lease("undropped", "holder", { value: "last", ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    const first = await store.takeExpired(RACERS, { againMs: SHORT_MS });
    for (const racing of [other, store]) {
      await pass(SHORT_MS);
      expect(await store.leases(["undropped"])).toEqual([]);
      expect(await racing.takeExpired(RACERS, { againMs: SHORT_MS })).toEqual(first);
    }
    await store.drop(first);
  });

  test("a lease that was taken anew after it had ended is not dropped with its former end", async () => {
    const { store, other, pass } = tools();
    await store.lease("anew", "holder", { value: "first", ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    const ended = await store.takeExpired(RACERS, ONCE);
    await store.lease("anew", "holder", { value: "second", ttlMs: SHORT_MS });
    await other.drop(ended);
    await pass(SHORT_MS);
    const again = await store.takeExpired(RACERS, ONCE);
    expect(again).toMatchObject([{ group: "anew", value: "second" }]);
    await store.drop(again);
  });

  test("of racing callers each ended lease goes to one, and to at most as many as asked for", async () => {
    const { store, pass, race } = tools();
    await race((racing, racer) => racing.lease(`group ${racer}`, "holder", { value: "", ttlMs: SHORT_MS }));
    await pass(SHORT_MS);
    const taken = await race((racing) => racing.takeExpired(2, ONCE));
    expect(Math.max(...taken.map((batch) => batch.length))).toBe(2);
    expect(new Set(taken.flat().map((lease) => lease.group)).size).toBe(RACERS);
    expect(taken.flat()).toHaveLength(RACERS);
    await store.drop(taken.flat());
  });

  test("a lease that is refreshed before anyone took its end lives on", async () => {
    const { store, pass } = tools();
    await store.lease("refreshed", "holder", { value: "", ttlMs: SHORT_MS });
    await pass(SHORT_MS);
    await store.lease("refreshed", "holder", { value: "back", ttlMs: LONG_MS });
    expect(await store.takeExpired(RACERS, ONCE)).toEqual([]);
    expect(await store.leases(["refreshed"])).toMatchObject([{ value: "back" }]);
  });
}

function inOrder(leases: Lease[]) {
  return leases.toSorted((a, b) => a.holder.localeCompare(b.holder));
}
