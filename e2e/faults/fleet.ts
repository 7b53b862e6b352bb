/** The instances, and the one door in front of them that clients know, as a load balancer is in production. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { freePort } from "../../infra/gate/ports.ts";
import { GENEROUS } from "../stack/limits.ts";
import { type Program, runProgram, startProgram } from "../stack/program.ts";
import type { Backing } from "./backing.ts";
import { type Proxy, startProxy } from "./proxy.ts";

/** So that the rig may send as much as it needs; the limits are for other tests. */
const PACE = { SEND_BURST: "5000", SENDS_PER_SECOND: "2000" };
const KEY_BYTES = 32;
/** An instance does not start while Kafka is away, and Kafka may take a minute to come back on a busy machine. */
const START_WITHIN_MS = 180_000;
const START_AGAIN_MS = 500;
const PARTITIONS = "4";

export interface Instance {
  number: number;
  /** Whether the door sends connections here. A frozen instance still gets some, as before probes notice. */
  open: boolean;
  kill(): Promise<void>;
  /** As a deploy does it: asked to stop, and given its time. Resolves to false when it did not end well. */
  terminate(): Promise<boolean>;
  freeze(): void;
  thaw(): void;
  /** Starts it, if it does not run. Resolves once it is ready. */
  start(): Promise<void>;
}

export interface Fleet {
  instances: Instance[];
  /** Port of the instance that a new connection goes to; null when none is open. */
  route(): number | null;
  /** Where browsers find the product. */
  door: Proxy;
  origin: string;
  /** Kafka's names of the bus's topics. */
  topics: string[];
  /** Environment of the administrator's program. */
  adminEnv: Record<string, string>;
  stop(): Promise<void>;
}

export interface FleetOptions {
  instances: number;
  /** A planted bug to start the instances with. */
  plant: string | null;
}

export async function startFleet(backing: Backing, { instances, plant }: FleetOptions): Promise<Fleet> {
  const key = `k1:${randomBytes(KEY_BYTES).toString("base64")}`;
  const prefix = `faults-${randomBytes(4).toString("hex")}`;
  const members: Instance[] = [];
  const ports = new Map<Instance, number>();
  let turn = 0;
  const route = (): number | null => {
    const open = members.filter((instance) => instance.open);
    turn += 1;
    const next = open[turn % open.length];
    return next === undefined ? null : (ports.get(next) ?? null);
  };
  const door = await startProxy(route);
  const origin = `http://127.0.0.1:${door.port}`;
  const environment = (number: number): Record<string, string> => ({
    ...GENEROUS,
    ...PACE,
    ...backing.environment(number),
    NODE_ENV: "production",
    HOST: "127.0.0.1",
    PUBLIC_ORIGIN: origin,
    PARLEY_KEYS: key,
    KAFKA_TOPIC_PREFIX: prefix,
    KAFKA_PARTITIONS: PARTITIONS,
    ...(plant !== null && { PLANT: plant }),
  });

  const adminEnv = environment(0);
  await runProgram(["server/main.ts", "migrate"], adminEnv);
  for (let number = 0; number < instances; number++) {
    const port = await freePort();
    const env = { ...environment(number), PORT: String(port) };
    const instance = makeInstance({ number, port, env, planted: plant !== null });
    ports.set(instance, port);
    members.push(instance);
  }
  for (const instance of members) await instance.start();
  return {
    instances: members,
    route,
    door,
    origin,
    topics: [`${prefix}.events`, `${prefix}.notices`],
    adminEnv,
    async stop() {
      for (const instance of members) await instance.kill();
      await door.close();
    },
  };
}

interface InstanceOptions {
  number: number;
  port: number;
  env: Record<string, string>;
  planted: boolean;
}

const PRELOAD = ["--preload", join(import.meta.dir, "planted/preload.ts")];

function makeInstance({ number, port, env, planted }: InstanceOptions): Instance {
  let program: Program | null = null;
  let starts = 0;

  async function gone(): Promise<void> {
    await program?.ended;
    program = null;
  }

  const instance: Instance = {
    number,
    open: false,
    async kill() {
      instance.open = false;
      program?.signal("SIGKILL");
      await gone();
    },
    async terminate() {
      instance.open = false;
      try {
        await program?.stop();
        return true;
      } catch {
        // Cut short, by itself or by the harness: what it stands on was away. Its clients must not suffer.
        return false;
      } finally {
        program = null;
      }
    },
    freeze: () => program?.signal("SIGSTOP"),
    thaw: () => program?.signal("SIGCONT"),
    async start() {
      const giveUpAt = Date.now() + START_WITHIN_MS;
      while (program === null) {
        starts += 1;
        try {
          program = await startProgram({
            name: `faults-instance-${number}-${starts}`,
            args: [...(planted ? PRELOAD : []), "server/main.ts", "serve"],
            env,
            readyUrl: `http://127.0.0.1:${port}/health/ready`,
          });
        } catch (error) {
          // What it stands on may be away just now; whoever runs it starts it again, and so does this.
          if (Date.now() > giveUpAt) throw error;
          await Bun.sleep(START_AGAIN_MS);
        }
      }
      instance.open = true;
    },
  };
  return instance;
}
