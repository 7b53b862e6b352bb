/** A hundred people in fifty pairs write at a steady pace: how long until the ack, and until the message is there. */
import type { Figure, Ground } from "../figures.ts";
import { startMeter } from "../meter.ts";
import type { Quantiles } from "../quantiles.ts";
import { quantilesOf } from "../quantiles.ts";
import { talkSteadily } from "../talk.ts";
import { GROUNDS, SETTLED_AFTER_MESSAGES, gatherOn, quantileFigures, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const AIM_RATE = 1;
const AIM_P99_MS = { one: 10, acrossInstances: 25 };

export async function latency(stage: Stage): Promise<Figure[]> {
  const rates = stage.plan.quick ? [1] : [1, 10, 50];
  const figures: Figure[] = [];
  for (const rate of rates) figures.push(...(await atRate(rate, stage)));
  return figures;
}

async function atRate(rate: number, stage: Stage): Promise<Figure[]> {
  const { plan } = stage;
  const ack: Partial<Record<Ground, Quantiles>> = {};
  const arrive: Partial<Record<Ground, Quantiles>> = {};
  const late: Partial<Record<Ground, number>> = {};
  let missing = 0;
  for (const ground of GROUNDS) {
    stage.say(`latency: ${rate} messages/s each, ${ground}`);
    const crew = await gatherOn(ground, stage);
    const processes = stage.bench.processes();
    const talk = await talkSteadily(crew, {
      perSecond: rate,
      seconds: plan.seconds,
      warmUpMessages: plan.quick ? 0 : SETTLED_AFTER_MESSAGES,
      async around() {
        const stop = await startMeter(stage.bench, processes);
        return async () => stage.spent(await stop());
      },
    });
    crew.close();
    ack[ground] = quantilesOf(talk.ack);
    arrive[ground] = quantilesOf(talk.arrive);
    late[ground] = quantilesOf(talk.late).p99;
    if (ground === "product") missing = talk.missing;
  }
  const aimP99 = rate === AIM_RATE ? AIM_P99_MS[plan.instances > 1 ? "acrossInstances" : "one"] : undefined;
  const about = { scenario: "latency", setting: `${rate}/s each, 100 people` };
  return [
    ...quantileFigures({ ...about, measure: "send → receive", aimP99 }, arrive),
    ...quantileFigures({ ...about, measure: "send → ack", aimP99 }, ack),
    { ...about, measure: "clients late p99", unit: "ms", values: valuesOf(late) },
    {
      ...about,
      measure: "missing",
      unit: "messages",
      values: valuesOf({ product: missing }),
      aim: { atMost: 0 },
    },
  ];
}
