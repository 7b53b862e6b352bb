/** What happens between devices and the product. */
import type { Device } from "./device.ts";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const SHARE = 0.35;
const DELAY_MS = { from: 50, to: 1_500 };
/** A slow reader reads for a moment, then for a while not. */
const READS_MS = 30;
const PAUSES_MS = 700;
const FLOOD_MESSAGES = 60;
const FLOOD_CHARS = 3_800;

function some({ crowd }: World, random: Random): Device[] {
  const devices = crowd.devices();
  const chosen = devices.filter(() => random.chance(SHARE));
  return chosen.length > 0 ? chosen : devices.slice(0, 1);
}

function connections(devices: readonly Device[]) {
  return devices.flatMap((device) => device.wire.carried());
}

export const LINE_FAULTS: Fault[] = [
  {
    kind: "connections cut",
    needs: ["none"],
    forMs: [0, 0],
    async run(world, { random }) {
      for (const carried of connections(some(world, random))) carried.cut();
    },
  },
  {
    kind: "all connections cut",
    needs: ["none"],
    forMs: [0, 0],
    async run({ crowd }) {
      for (const carried of connections(crowd.devices())) carried.cut();
    },
  },
  {
    kind: "connections half open",
    needs: ["devices"],
    forMs: [2_000, 12_000],
    async run(world, { random, forMs }) {
      const held = connections(some(world, random));
      const ways = random.pick([["up"], ["down"], ["up", "down"]] as const);
      for (const carried of held) for (const way of ways) carried.hold(way);
      await Bun.sleep(forMs);
      // Some come back to life with all that was held, some never do.
      for (const carried of held) {
        if (random.chance(0.5)) carried.cut();
        else for (const way of ways) carried.release(way);
      }
    },
  },
  {
    kind: "connections slow",
    needs: ["devices"],
    forMs: [2_000, 8_000],
    async run(world, { random, forMs }) {
      const devices = some(world, random);
      for (const { wire } of devices) {
        const [up, down] = [
          random.between(DELAY_MS.from, DELAY_MS.to),
          random.between(DELAY_MS.from, DELAY_MS.to),
        ];
        const treat = (carried: ReturnType<typeof wire.carried>[number]): void => {
          carried.delay("up", up);
          carried.delay("down", down);
        };
        wire.onNew(treat);
        wire.carried().forEach(treat);
      }
      await Bun.sleep(forMs);
      for (const { wire } of devices) {
        wire.onNew(null);
        for (const carried of wire.carried())
          for (const way of ["up", "down"] as const) carried.delay(way, 0);
      }
    },
  },
  {
    kind: "acks lost after the commit",
    needs: ["devices"],
    forMs: [200, 2_000],
    async run(world, { random, forMs }) {
      const deaf = connections(some(world, random));
      for (const carried of deaf) carried.lose("down");
      await Bun.sleep(forMs);
      for (const carried of deaf) carried.cut();
    },
  },
  {
    kind: "slow reader",
    needs: ["devices"],
    forMs: [3_000, 6_000],
    async run(world, { random, forMs }) {
      const person = random.pick(world.crowd.people.filter(({ devices }) => devices.length > 0));
      const untilAt = Date.now() + forMs;
      const reading = (async () => {
        while (Date.now() < untilAt) {
          const held = connections(person.devices);
          for (const carried of held) carried.hold("down");
          await Bun.sleep(PAUSES_MS);
          for (const carried of held) carried.release("down");
          await Bun.sleep(READS_MS);
        }
      })();
      await Promise.all([flood(world, person.id), reading]);
    },
  },
];

/** Everybody who knows them writes them much at once. */
async function flood({ crowd }: World, to: string): Promise<void> {
  const text = ` ${"x".repeat(FLOOD_CHARS)}`;
  for (const from of crowd.people) {
    const peer = from.peers.find(({ id }) => id === to);
    const device = from.devices[0];
    const line = device?.lines[0];
    if (!peer || !device || !line) continue;
    for (let count = 0; count < FLOOD_MESSAGES; count++)
      await crowd.write(from, { device, line, to: peer, text });
  }
}
