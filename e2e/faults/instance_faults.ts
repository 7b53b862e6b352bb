import type { Fault } from "./fault.ts";
import type { Instance } from "./fleet.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** Time for people to write something that the dying instance commits. */
const WHILE_WRITING_MS = 1_500;

function pickOpen({ fleet }: World, random: Random): Instance {
  const open = fleet.instances.filter((instance) => instance.open);
  return random.pick(open.length > 0 ? open : fleet.instances);
}

export const INSTANCE_FAULTS: Fault[] = [
  {
    kind: "instance killed",
    needs: ["instances"],
    forMs: [100, 3_000],
    async run(world, { random, forMs }) {
      const instance = pickOpen(world, random);
      await instance.kill();
      await Bun.sleep(forMs);
      await instance.start();
    },
  },
  {
    kind: "all instances killed",
    needs: ["instances"],
    forMs: [100, 1_000],
    async run({ fleet }, { forMs }) {
      await Promise.all(fleet.instances.map((instance) => instance.kill()));
      await Bun.sleep(forMs);
      await Promise.all(fleet.instances.map((instance) => instance.start()));
    },
  },
  {
    kind: "instance deployed anew",
    needs: ["instances"],
    forMs: [0, 500],
    async run(world, { random, forMs }) {
      const instance = pickOpen(world, random);
      if (!(await instance.terminate())) world.witness.note("a stopping instance was cut short");
      await Bun.sleep(forMs);
      await instance.start();
    },
  },
  {
    kind: "instance frozen",
    needs: ["instances"],
    forMs: [1_000, 8_000],
    async run(world, { random, forMs }) {
      const instance = pickOpen(world, random);
      instance.freeze();
      await Bun.sleep(forMs);
      instance.thaw();
    },
  },
  {
    kind: "crash between commit and publish",
    needs: ["instances", "wires", "kafka"],
    forMs: [100, 1_000],
    async run(world, { random, forMs }) {
      const instance = pickOpen(world, random);
      const wire = world.backing.wires[instance.number]?.kafka;
      const hold = (): void => wire?.carried().forEach((carried) => carried.hold("up"));
      wire?.onNew((carried) => carried.hold("up"));
      hold();
      await Bun.sleep(WHILE_WRITING_MS);
      await instance.kill();
      wire?.onNew(null);
      wire?.carried().forEach((carried) => carried.cut());
      await Bun.sleep(forMs);
      await instance.start();
    },
  },
];
