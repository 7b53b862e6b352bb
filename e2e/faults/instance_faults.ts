import type { Fault } from "./fault.ts";
import type { Instance } from "./fleet.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

/** What has been committed for so long and is not on the bus was held back: else it is there in a quarter of a second. */
const HELD_BACK_MS = 800;
const HELD_BACK_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 50;

function pickOpen({ fleet }: World, random: Random): Instance {
  const open = fleet.instances.filter((instance) => instance.open);
  return random.pick(open.length > 0 ? open : fleet.instances);
}

/** Resolves once somebody wrote something that cannot be published, or when nobody did for long. */
async function untilHeldBack({ db }: World): Promise<void> {
  const giveUpAt = performance.now() + HELD_BACK_WITHIN_MS;
  const isHeldBack = async (): Promise<boolean> => {
    const waiting = await db`
      select from bus_outbox where created_at < now() - ${HELD_BACK_MS} * interval '1 millisecond' limit 1`;
    return waiting.count > 0;
  };
  // Postgres may be away just now.
  while (performance.now() < giveUpAt && !(await isHeldBack().catch(() => false)))
    await Bun.sleep(LOOK_EVERY_MS);
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
      await untilHeldBack(world);
      await instance.kill();
      wire?.onNew(null);
      wire?.carried().forEach((carried) => carried.cut());
      await Bun.sleep(forMs);
      await instance.start();
    },
  },
];
