import type { BackingName } from "./backing.ts";
import type { Fault } from "./fault.ts";

function killed(name: BackingName, forMs: Fault["forMs"], rare = 0): Fault {
  return {
    kind: name === "redis" ? "redis killed and back empty" : `${name} killed`,
    needs: [name],
    forMs,
    rare,
    async run({ backing }, { forMs }) {
      await backing.machines[name].kill();
      await Bun.sleep(forMs);
      await backing.machines[name].start();
    },
  };
}

function paused(name: BackingName, forMs: Fault["forMs"]): Fault {
  return {
    kind: `${name} paused`,
    needs: [name],
    forMs,
    async run({ backing }, { forMs }) {
      backing.machines[name].freeze();
      await Bun.sleep(forMs);
      backing.machines[name].thaw();
    },
  };
}

export const MACHINE_FAULTS: Fault[] = [
  killed("postgres", [100, 2_500]),
  paused("postgres", [500, 4_000]),
  killed("kafka", [500, 4_000]),
  paused("kafka", [1_000, 8_000]),
  killed("redis", [100, 2_500], 0.5),
  paused("redis", [500, 6_000]),
];
