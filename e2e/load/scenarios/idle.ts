/** People who are only there: what a connection weighs, how fast they come, and what their heartbeats cost. */
import { HEARTBEAT_MS } from "#protocol/limits.ts";
import type { Group } from "../bench.ts";
import { connectAll, crewOf } from "../crew.ts";
import { Device } from "../device.ts";
import type { Person } from "../device.ts";
import type { Figure } from "../figures.ts";
import { startMeter } from "../meter.ts";
import { makeCrowd, strangers } from "../people.ts";
import { usageOf } from "../processes.ts";
import { valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const AIM_BYTES = 6_000;
const MEGABYTE = 1_000_000;
const SMALL_CROWD = 1_000;
const OPENING_AT_ONCE = 100;
/** Connections before those that are weighed, who stay beside them. */
const FIRST = 1_000;
/** Memory is given back at leisure, what a start took above all: what is held is the least of so many looks. */
const LOOKS = { quick: 2, thorough: 40 };
const LOOK_EVERY_MS = 500;
/** Garbage is collected before each so many looks. */
const COLLECT_EVERY = 4;

interface Held {
  perSecond: number;
  bytesEach: number;
  /** What the whole process has taken after a while, garbage and all, bytes. */
  taken: number;
  /** CPU of the server, and of all services with it, as a share of one core. */
  server: number;
  all: number;
}

export async function idle(stage: Stage): Promise<Figure[]> {
  const { crowd } = stage.plan;
  const sizes = crowd > SMALL_CROWD ? [SMALL_CROWD, crowd] : [crowd];
  const figures: Figure[] = [];
  const first = Math.min(FIRST, crowd);
  const everybody = await makeCrowd(stage.bench, { people: first + crowd });
  for (const size of sizes) {
    // What earlier scenarios left in memory would be taken for the connections', or hide them.
    await stage.bench.restart({ paced: false });
    const passersBy = strangers(stage.bench.relayUrl, { people: first + size });
    stage.say(`idle: ${size} people`);
    const held = {
      product: await hold(everybody.slice(0, first + size), { first, ground: "product", stage }),
      relay: await hold(passersBy, { first, ground: "relay", stage }),
    };
    figures.push(...figuresOf(`${size} people beside ${first}`, held));
  }
  return figures;
}

/** Weighs all but the first of `people`: those bring in code and pools that all share. */
async function hold(
  people: Person[],
  { first: count, ground, stage }: { first: number; ground: "product" | "relay"; stage: Stage },
): Promise<Held> {
  const { bench, plan } = stage;
  const group: Group = ground === "product" ? "server" : ground;
  const pids = bench.processes().get(group) ?? [];
  const weigh = () => heldBy(pids, { looks: LOOKS[plan.quick ? "quick" : "thorough"] });

  const devices = people.map((person) => new Device(person, { marks: true }));
  const [first, weighed] = [devices.slice(0, count), devices.slice(count)];
  await connectAll(first, { atOnce: OPENING_AT_ONCE });
  for (const device of first) device.keepBeating(HEARTBEAT_MS);
  const before = await weigh();
  const startedAt = performance.now();
  await connectAll(weighed, { atOnce: OPENING_AT_ONCE });
  const perSecond = (weighed.length / (performance.now() - startedAt)) * 1_000;
  for (const device of weighed) device.keepBeating(HEARTBEAT_MS);
  const bytesEach = ((await weigh()) - before) / weighed.length;
  const stop = await startMeter(bench);
  await Bun.sleep(plan.seconds * 1_000);
  const cost = await stop();
  const taken = (await usageOf(pids)).memoryBytes;
  stage.spent(cost);
  crewOf(devices).close();
  const { server = 0, postgres = 0, redis = 0, kafka = 0, relay = 0 } = cost.cpuSeconds;
  const [own, all] = ground === "relay" ? [relay, relay] : [server, server + postgres + redis + kafka];
  return { perSecond, bytesEach, taken, server: own / cost.seconds, all: all / cost.seconds };
}

/** Bytes, without garbage. */
async function heldBy(pids: readonly number[], { looks }: { looks: number }): Promise<number> {
  let least = Infinity;
  for (let look = 0; look < looks; look++) {
    if (look % COLLECT_EVERY === 0) for (const pid of pids) process.kill(pid, "SIGUSR2");
    await Bun.sleep(LOOK_EVERY_MS);
    least = Math.min(least, (await usageOf(pids)).memoryBytes);
  }
  return least;
}

function figuresOf(setting: string, held: { product: Held; relay: Held }): Figure[] {
  const about = { scenario: "idle", setting };
  const each = (pick: (held: Held) => number) =>
    valuesOf({ product: pick(held.product), relay: pick(held.relay) });
  return [
    {
      ...about,
      measure: "memory of a connection",
      unit: "bytes",
      values: each(({ bytesEach }) => bytesEach),
      aim: { atMost: AIM_BYTES },
    },
    {
      ...about,
      measure: "memory of the process, with garbage",
      unit: "MB",
      values: each(({ taken }) => taken / MEGABYTE),
    },
    { ...about, measure: "connects", unit: "/s", values: each(({ perSecond }) => perSecond) },
    {
      ...about,
      measure: "CPU of server, idle",
      unit: "% of a core",
      values: each(({ server }) => 100 * server),
    },
    { ...about, measure: "CPU of all, idle", unit: "% of a core", values: each(({ all }) => 100 * all) },
  ];
}
