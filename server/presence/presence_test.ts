import { beforeEach, describe, expect, test } from "bun:test";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import { PRESENCE_GRACE_MS, PRESENCE_LEASE_MS, PRESENCE_UNTIL_MS } from "#protocol/limits.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import type { Store } from "../store/store.ts";
import { quietLog } from "../testing/quiet.ts";
import { until } from "../testing/until.ts";
import { createPresence, TAKEN_AGAIN_MS } from "./presence.ts";
import type { Presence, PresenceDeps } from "./presence.ts";

const ALICE = "alice" as UserId;

let now = Date.UTC(2026, 5, 15);
let store: Store;
let heard: PresenceNotice[];
let presence: Presence;

beforeEach(() => {
  store = createSqliteStore(":memory:", { clock: () => now });
  heard = [];
  presence = createInstance();
});

describe("presence", () => {
  test("announces online once, however often it is refreshed", async () => {
    await presence.hold(ALICE, "phone", "online");
    now += 25_000;
    await presence.hold(ALICE, "phone", "online");
    expect(heard).toEqual([
      { type: "presence", user: ALICE, state: "online", until: now - 25_000 + PRESENCE_UNTIL_MS },
    ]);
  });

  test("announces nothing for a reload, and offline after the grace when nobody came back", async () => {
    await presence.hold(ALICE, "before", "online");
    await presence.leave(ALICE, "before", "online");
    now += 2_000;
    await presence.hold(ALICE, "after", "online");
    now += PRESENCE_GRACE_MS;
    expect(await presence.sweep()).toBe(1);
    expect(states()).toEqual(["online"]);

    await presence.leave(ALICE, "after", "online");
    now += PRESENCE_GRACE_MS - 1;
    expect(await presence.sweep()).toBe(0);
    now += 1;
    await presence.sweep();
    expect(states()).toEqual(["online", "offline"]);
    expect(heard.at(-1)?.lastSeenAt).toBe(now);
  });

  test("takes a user to be as present as their best device", async () => {
    await presence.hold(ALICE, "desk", "away");
    await presence.hold(ALICE, "phone", "online");
    await presence.hold(ALICE, "phone", "away");
    expect(states()).toEqual(["away", "online", "away"]);
  });

  test("of somebody who is no more is forgotten, however their connections end", async () => {
    await presence.hold(ALICE, "phone", "online");
    await presence.hold(ALICE, "desk", "online");
    await presence.forget(ALICE);
    // One says goodbye, on whatever instance; the other one's lease runs out.
    await createInstance().leave(ALICE, "phone", "online");
    expect(await store.get(`announced:${ALICE}`)).toBeNull();
    now += PRESENCE_LEASE_MS;
    await presence.sweep();
    expect(states()).toEqual(["online"]);
    expect(await store.get(`announced:${ALICE}`)).toBeNull();
    now += 2 * PRESENCE_GRACE_MS;
    expect(await store.get(`forgotten:${ALICE}`)).toBeNull();
  });

  test("that is being announced just then is forgotten all the same", async () => {
    const racing = createPresence({
      store: {
        ...store,
        async set(key, value, options) {
          // The announcement was decided on; just before it is written down, somebody forgets.
          if (key.startsWith("announced:")) await presence.forget(ALICE);
          return store.set(key, value, options);
        },
      },
      clock: () => now,
      log: quietLog,
      announce: async (notice) => void heard.push(notice),
    });
    await racing.hold(ALICE, "phone", "online");
    expect(heard).toEqual([]);
    expect(await store.get(`announced:${ALICE}`)).toBeNull();
  });

  test("is not concerned by leases of others that end", async () => {
    await store.lease("instances", "one", { value: "{}", ttlMs: 1 });
    now += 2;
    await presence.sweep();
    expect(heard).toEqual([]);
  });

  test("lets any instance announce the people of one that crashed", async () => {
    await presence.hold(ALICE, "phone", "online");
    const other = createInstance();
    now += PRESENCE_LEASE_MS;
    const taken = await Promise.all([other.sweep(), other.sweep(), presence.sweep()]);
    expect(taken.toSorted()).toEqual([0, 0, 1]);
    expect(states()).toEqual(["online", "offline"]);
  });

  test("of somebody whose instance crashed before it could tell that they left is told by another one", async () => {
    const crashes = {
      "before it looked": createPresence({
        ...instance(),
        store: { ...store, leases: () => new Promise(() => {}) },
      }),
      "before the bus had taken it": createPresence({ ...instance(), announce: () => new Promise(() => {}) }),
    };
    for (const [when, crashing] of Object.entries(crashes)) {
      heard = [];
      await presence.hold(ALICE, when, "online");
      now += PRESENCE_LEASE_MS;
      void crashing.sweep();
      expect(await presence.sweep()).toBe(0);
      now += TAKEN_AGAIN_MS;
      expect(await presence.sweep()).toBe(1);
      expect(states()).toEqual(["online", "offline"]);
      await allDropped();
    }
  });

  test("takes the end of a lease again until the bus has taken what came of it", async () => {
    let taken = true;
    const cutOff = createInstance({ taken: () => taken });
    await cutOff.hold(ALICE, "phone", "online");
    now += PRESENCE_LEASE_MS;
    taken = false;
    expect(await cutOff.sweep()).toBe(1);
    now += TAKEN_AGAIN_MS;
    expect(await presence.sweep()).toBe(1);
    expect(states()).toEqual(["online", "offline", "offline"]);
    await allDropped();
  });

  test("announces who has left once the store answers again, when it fell silent in the middle of it", async () => {
    let silent = false;
    const faltering = createPresence({
      store: {
        ...store,
        async leases(groups) {
          if (silent) throw new Error("the store did not answer");
          return store.leases(groups);
        },
      },
      clock: () => now,
      log: quietLog,
      announce: async (notice) => void heard.push(notice),
    });
    await faltering.hold(ALICE, "phone", "online");
    now += PRESENCE_LEASE_MS;
    silent = true;
    expect(faltering.sweep()).rejects.toThrow("did not answer");
    silent = false;
    expect(await faltering.sweep()).toBe(0);
    expect(states()).toEqual(["online", "offline"]);
  });

  test("renews what stays true before it runs out on the receivers", async () => {
    await presence.hold(ALICE, "phone", "online");
    const firstUntil = heard[0]?.until ?? 0;
    while (now < firstUntil) {
      now += 25_000;
      await presence.hold(ALICE, "phone", "online");
    }
    expect(new Set(states())).toEqual(new Set(["online"]));
    expect(heard.length).toBeGreaterThan(1);
    expect(
      heard.every((notice, n) => n === 0 || notice.until - PRESENCE_UNTIL_MS < (heard[n - 1]?.until ?? 0)),
    ).toBe(true);
  });

  test("is told again when the bus did not take it, and not again when it did", async () => {
    let taken = false;
    const cutOff = createInstance({ taken: () => taken });
    await cutOff.hold(ALICE, "phone", "online");
    await cutOff.sweep();
    expect(states()).toEqual(["online", "online"]);
    taken = true;
    await cutOff.sweep();
    await cutOff.sweep();
    await cutOff.hold(ALICE, "phone", "online");
    expect(states()).toEqual(["online", "online", "online"]);
  });

  test("is told by the next instance when one crashed before the bus had taken it", async () => {
    const crashing = createPresence({
      store,
      clock: () => now,
      log: quietLog,
      announce: () => new Promise(() => {}),
    });
    await crashing.hold(ALICE, "before", "online");
    await presence.hold(ALICE, "after", "online");
    await presence.hold(ALICE, "after", "online");
    expect(states()).toEqual(["online"]);
    expect(await store.get(`untold:${ALICE}`)).toBeNull();
  });

  test("tells how people are now, with when they were last seen", async () => {
    const bob = "bob" as UserId;
    await presence.hold(ALICE, "phone", "online");
    await presence.leave(ALICE, "phone", "online");
    now += PRESENCE_GRACE_MS;
    await presence.sweep();
    await presence.hold(bob, "desk", "away");
    const until = now + PRESENCE_UNTIL_MS;
    expect(await presence.of([ALICE, bob, "carol" as UserId])).toEqual([
      { type: "presence", user: ALICE, state: "offline", until, lastSeenAt: now },
      { type: "presence", user: bob, state: "away", until },
      { type: "presence", user: "carol" as UserId, state: "offline", until },
    ]);
  });

  test("agrees with the leases after instances settled one user at the same moment", async () => {
    const other = createInstance();
    for (let round = 0; round < 20; round++) {
      await presence.hold(ALICE, "phone", "online");
      await presence.leave(ALICE, "phone", "online");
      now += PRESENCE_GRACE_MS;
      await Promise.all([presence.sweep(), other.hold(ALICE, `tab ${round}`, "online")]);
      expect(states().at(-1)).toBe("online");
      await other.leave(ALICE, `tab ${round}`, "online");
      now += PRESENCE_GRACE_MS;
      await other.sweep();
      expect(states().at(-1)).toBe("offline");
    }
  });
});

/** `taken`: whether the bus takes what this instance announces. */
function createInstance({ taken = () => true }: { taken?: () => boolean } = {}): Presence {
  async function announce(notice: PresenceNotice): Promise<void> {
    heard.push(notice);
    if (!taken()) throw new Error("the bus is away");
  }
  return createPresence({ ...instance(), announce });
}

function instance(): PresenceDeps {
  return { store, clock: () => now, log: quietLog, announce: async (notice) => void heard.push(notice) };
}

/** A sweep does not wait for it. */
async function allDropped(): Promise<void> {
  now += TAKEN_AGAIN_MS;
  await until(async () => (await store.takeExpired(1, { againMs: 0 })).length === 0);
}

function states(): string[] {
  return heard.map((notice) => notice.state);
}
