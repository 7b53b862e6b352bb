/** The same talk among 1, 4 and 16 times as many people: what each message costs must not grow with them. */
import { gather } from "../crew.ts";
import type { Figure } from "../figures.ts";
import { startMeter } from "../meter.ts";
import type { Cost } from "../meter.ts";
import { makeCrowd } from "../people.ts";
import { quantilesOf } from "../quantiles.ts";
import { talkSteadily } from "../talk.ts";
import { SETTLED_AFTER_MESSAGES, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const MICROSECONDS = 1_000_000;
const PER_SECOND = 1;

export async function growth(stage: Stage): Promise<Figure[]> {
  const base = stage.plan.quick ? 40 : 100;
  const times = stage.plan.quick ? [1, 4] : [1, 4, 16];
  const figures: Figure[] = [];
  for (const factor of times) figures.push(...(await among(factor * base, { factor, stage })));
  return figures;
}

async function among(count: number, { factor, stage }: { factor: number; stage: Stage }): Promise<Figure[]> {
  stage.say(`growth: ${count} people`);
  const crew = await gather(await makeCrowd(stage.bench, { people: count }), { marks: true });
  const costs: Cost[] = [];
  const processes = stage.bench.processes();
  const talk = await talkSteadily(crew, {
    perSecond: PER_SECOND,
    seconds: stage.plan.seconds,
    warmUpMessages: stage.plan.quick ? 0 : SETTLED_AFTER_MESSAGES,
    async around() {
      const stop = await startMeter(stage.bench, processes);
      return async () => void costs.push(await stop());
    },
  });
  crew.close();
  const [cost] = costs;
  if (cost === undefined) throw new Error("a talk without its cost");
  stage.spent(cost);
  const about = { scenario: "growth", setting: `${factor}×: ${count} people, ${PER_SECOND}/s each` };
  const perMessage = (seconds = 0) => valuesOf({ product: (seconds / talk.arrivedBetween) * MICROSECONDS });
  return [
    {
      ...about,
      measure: "send → receive p99",
      unit: "ms",
      values: valuesOf({ product: quantilesOf(talk.arrive).p99 }),
    },
    ...(["server", "bystander", "postgres", "redis", "kafka"] as const)
      .filter((group) => cost.cpuSeconds[group] !== undefined)
      .map((group) => ({
        ...about,
        measure: `CPU of ${group} a message`,
        unit: "µs",
        values: perMessage(cost.cpuSeconds[group]),
      })),
  ];
}
