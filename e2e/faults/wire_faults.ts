/** What happens between an instance and what it stands on. */
import type { BackingName } from "./backing.ts";
import type { Fault } from "./fault.ts";
import type { Carried, Proxy } from "./proxy.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const DELAY_MS = { from: 20, to: 400 };

function pickWire({ backing }: World, { random, name }: { random: Random; name: BackingName }): Proxy {
  return random.pick(backing.wires)[name];
}

function toAll(wire: Proxy, treat: (carried: Carried) => void): void {
  wire.onNew(treat);
  wire.carried().forEach(treat);
}

function cut(name: BackingName): Fault {
  return {
    kind: `wire to ${name} cut`,
    needs: ["wires", name],
    forMs: [0, 4_000],
    async run(world, { random, forMs }) {
      const wire = pickWire(world, { random, name });
      wire.shut(true);
      wire.carried().forEach((carried) => carried.cut());
      await Bun.sleep(forMs);
      wire.shut(false);
    },
  };
}

function halfOpen(name: BackingName): Fault {
  return {
    kind: `wire to ${name} half open`,
    needs: ["wires", name],
    forMs: [1_000, 6_000],
    async run(world, { random, forMs }) {
      const wire = pickWire(world, { random, name });
      const ways = random.pick([["up"], ["down"], ["up", "down"]] as const);
      toAll(wire, (carried) => ways.forEach((way) => carried.hold(way)));
      await Bun.sleep(forMs);
      wire.onNew(null);
      wire.carried().forEach((carried) => carried.cut());
    },
  };
}

function delayed(name: BackingName): Fault {
  return {
    kind: `wire to ${name} slow`,
    needs: ["wires", name],
    forMs: [2_000, 8_000],
    async run(world, { random, forMs }) {
      const wire = pickWire(world, { random, name });
      const ms = random.between(DELAY_MS.from, DELAY_MS.to);
      toAll(wire, (carried) => carried.delay("down", ms));
      await Bun.sleep(forMs);
      wire.onNew(null);
      wire.carried().forEach((carried) => carried.delay("down", 0));
    },
  };
}

const NAMES = ["postgres", "redis", "kafka"] as const;

export const WIRE_FAULTS: Fault[] = NAMES.flatMap((name) => [cut(name), halfOpen(name), delayed(name)]);
