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
const SMALL_CROWD = 1_000;
const OPENING_AT_ONCE = 100;
/** Connections before those that are weighed. */
const FIRST = 1_000;
/**
 * Between two collections memory only grows, by what heartbeats leave behind; and what was needed for opening is given back at
 * leisure. What is held is the least within this time.
 */
const WEIGH_MS = { quick: 1_000, thorough: 30_000 };
const WEIGH_EVERY_MS = 500;

interface Held {
  perSecond: number;
  bytesEach: number;
  /** CPU of the server, and of all services with it, as a share of one core. */
  server: number;
  all: number;
}

export async function idle(stage: Stage): Promise<Figure[]> {
  const { crowd } = stage.plan;
  const sizes = crowd > SMALL_CROWD ? [SMALL_CROWD, crowd] : [crowd];
  const figures: Figure[] = [];
  const everybody = await makeCrowd(stage.bench, { people: crowd });
  for (const size of sizes) {
    // What earlier scenarios left in memory would be taken for the connections', or hide them.
    await stage.bench.restart({ paced: false });
    const people = { product: everybody, relay: strangers(stage.bench.relayUrl, { people: size }) };
    const held = {
      product: await hold(people.product.slice(0, size), { ground: "product", stage }),
      relay: await hold(people.relay, { ground: "relay", stage }),
    };
    figures.push(...figuresOf(size, held));
  }
  return figures;
}

async function hold(
  people: Person[],
  { ground, stage }: { ground: "product" | "relay"; stage: Stage },
): Promise<Held> {
  const { bench, plan } = stage;
  stage.say(`idle: ${people.length} people, ${ground}`);
  const group: Group = ground === "product" ? "server" : ground;
  const pids = bench.processes().get(group) ?? [];
  const weigh = () => heldBy(pids, WEIGH_MS[plan.quick ? "quick" : "thorough"]);

  // The first connections bring in code and pools that all share.
  const count = Math.min(FIRST, people.length / 2);
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
  stage.spent(cost);
  crewOf(devices).close();
  const { server = 0, postgres = 0, redis = 0, kafka = 0, relay = 0 } = cost.cpuSeconds;
  const [own, all] = ground === "relay" ? [relay, relay] : [server, server + postgres + redis + kafka];
  return { perSecond, bytesEach, server: own / cost.seconds, all: all / cost.seconds };
}

/** Bytes. */
async function heldBy(pids: readonly number[], withinMs: number): Promise<number> {
  let least = Infinity;
  for (let passed = 0; passed < withinMs; passed += WEIGH_EVERY_MS) {
    await Bun.sleep(WEIGH_EVERY_MS);
    least = Math.min(least, usageOf(pids).memoryBytes);
  }
  return least;
}

function figuresOf(size: number, held: { product: Held; relay: Held }): Figure[] {
  const about = { scenario: "idle", setting: `${size} people` };
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
