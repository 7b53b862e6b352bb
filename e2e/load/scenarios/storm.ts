/** Everybody's connection breaks at one moment and comes back at once, without the spread that the app would give it. */
import { connectAll, crewOf } from "../crew.ts";
import { Device } from "../device.ts";
import type { Person } from "../device.ts";
import type { Figure } from "../figures.ts";
import { startMeter } from "../meter.ts";
import { makeCrowd, strangers } from "../people.ts";
import { quantilesOf } from "../quantiles.ts";
import type { Quantiles } from "../quantiles.ts";
import { quantileFigures, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const OPENING_AT_ONCE = 200;
/** As many as may wait in a listener's backlog by default; more would measure the kernel's repeats. */
const STORM_AT_ONCE = 500;
const GONE_MS = 500;

interface Weathered {
  seconds: number;
  took: Quantiles;
  failures: number;
}

export async function storm(stage: Stage): Promise<Figure[]> {
  const { bench, plan } = stage;
  const people = await makeCrowd(bench, { people: plan.crowd });
  const product = await weather(people, stage);
  const relay = await weather(strangers(bench.relayUrl, { people: plan.crowd }), stage);
  const about = { scenario: "storm", setting: `${plan.crowd} people, ${STORM_AT_ONCE} at a time` };
  const each = (pick: (weathered: Weathered) => number) =>
    valuesOf({ product: pick(product), relay: pick(relay) });
  return [
    { ...about, measure: "all are back", unit: "s", values: each(({ seconds }) => seconds) },
    ...quantileFigures(
      { ...about, measure: "connect → welcome" },
      { product: product.took, relay: relay.took },
    ),
    {
      ...about,
      measure: "attempts that failed",
      unit: "attempts",
      values: each(({ failures }) => failures),
      aim: { atMost: 0 },
    },
  ];
}

async function weather(people: Person[], stage: Stage): Promise<Weathered> {
  stage.say(`storm: ${people.length} people at ${people[0]?.url}`);
  const devices = people.map((person) => new Device(person, { marks: true }));
  await connectAll(devices, { atOnce: OPENING_AT_ONCE });
  crewOf(devices).close();
  await Bun.sleep(GONE_MS);
  const stop = await startMeter(stage.bench);
  const startedAt = performance.now();
  const { took, failures } = await connectAll(devices, { atOnce: STORM_AT_ONCE });
  const seconds = (performance.now() - startedAt) / 1_000;
  stage.spent(await stop());
  crewOf(devices).close();
  await Bun.sleep(GONE_MS);
  return { seconds, took: quantilesOf(took), failures };
}
