/**
 * Presence against a model, under any interleaving of connecting, refreshing, changing, leaving, crashing and expiry, while the bus is
 * there or not.
 */
import { expect, test } from "bun:test";
import fc from "fast-check";
import type { PresenceNotice } from "#protocol/frames.ts";
import type { UserId } from "#protocol/ids.ts";
import { PRESENCE_GRACE_MS, PRESENCE_LEASE_MS } from "#protocol/limits.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import { quietLog } from "../testing/quiet.ts";
import type { DeviceState } from "./announcement.ts";
import { createPresence } from "./presence.ts";
import type { Presence } from "./presence.ts";

const USERS = ["alice", "bob"] as UserId[];
const CONNECTIONS = ["one", "two", "three"];
const RUNS = 300;

/** What a user's connections hold, by the rules as a person would say them. */
class Model {
  now = 0;
  readonly #leases = new Map<string, { user: UserId; state: DeviceState; endsAt: number }>();

  hold(user: UserId, connection: string, state: DeviceState): void {
    this.#leases.set(`${user} ${connection}`, { user, state, endsAt: this.now + PRESENCE_LEASE_MS });
  }

  leave(user: UserId, connection: string, state: DeviceState): void {
    this.#leases.set(`${user} ${connection}`, { user, state, endsAt: this.now + PRESENCE_GRACE_MS });
  }

  stateOf(user: UserId): PresenceNotice["state"] {
    const live = [...this.#leases.values()].filter((lease) => lease.user === user && lease.endsAt > this.now);
    if (live.some((lease) => lease.state === "online")) return "online";
    return live.length > 0 ? "away" : "offline";
  }
}

type Step =
  | { does: "hold" | "leave"; user: UserId; connection: string; state: DeviceState; on: number }
  | { does: "wait"; ms: number }
  | { does: "sweep"; on: number }
  | { does: "lose the bus" };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    does: fc.constantFrom("hold" as const, "leave" as const),
    user: fc.constantFrom(...USERS),
    connection: fc.constantFrom(...CONNECTIONS),
    state: fc.constantFrom<DeviceState>("online", "away"),
    on: fc.nat(1),
  }),
  fc.record({ does: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: PRESENCE_LEASE_MS }) }),
  fc.record({ does: fc.constant("sweep" as const), on: fc.nat(1) }),
  fc.record({ does: fc.constant("lose the bus" as const) }),
);

test("whatever happened, once the leases are swept everybody knows what the model knows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 25 }),
      async (rounds) => {
        const model = new Model();
        const { instances, bus, told } = twoInstances(() => model.now);
        for (const together of rounds) {
          // Steps of a round overlap on the two instances; waiting lies between rounds.
          await Promise.all(together.map((one) => perform(one, { model, instances, bus })));
          for (const one of together) if (one.does === "wait") model.now += one.ms;
          bus.there = true;
          while ((await instances[0].sweep()) + (await instances[1].sweep()) > 0);
          await bus.delivered();
          for (const user of USERS) expect(told.get(user) ?? "offline").toBe(model.stateOf(user));
        }
      },
    ),
    { numRuns: RUNS },
  );
}, 60_000);

function perform(
  one: Step,
  { model, instances, bus }: { model: Model; instances: readonly [Presence, Presence]; bus: Bus },
) {
  switch (one.does) {
    case "hold":
    case "leave":
      model[one.does](one.user, one.connection, one.state);
      return (one.on === 0 ? instances[0] : instances[1])[one.does](one.user, one.connection, one.state);
    case "sweep":
      return (one.on === 0 ? instances[0] : instances[1]).sweep();
    case "lose the bus":
      bus.there = false;
      return Promise.resolve();
    case "wait":
      return Promise.resolve();
    default:
      return one satisfies never;
  }
}

/** Between the two and a third instance, whose people hear how a user is by the time a notice comes. */
class Bus {
  there = true;
  readonly #coming = new Set<Promise<void>>();

  async bring(arrived: () => Promise<void>): Promise<void> {
    if (!this.there) throw new Error("the bus is away");
    const coming = arrived();
    this.#coming.add(coming);
    await coming;
    this.#coming.delete(coming);
  }

  async delivered(): Promise<void> {
    while (this.#coming.size > 0) await Promise.all(this.#coming);
  }
}

/** Two instances on one store, and what people at a third one heard last about each user. */
function twoInstances(clock: () => number) {
  const store = createSqliteStore(":memory:", { clock });
  const told = new Map<UserId, PresenceNotice["state"]>();
  const bus = new Bus();
  const announce = ({ user }: PresenceNotice) =>
    bus.bring(async () => {
      for (const { state } of await instances[0].of([user])) told.set(user, state);
    });
  const create = () => createPresence({ store, clock, log: quietLog, announce });
  const instances = [create(), create()] as const;
  return { instances, bus, told };
}
