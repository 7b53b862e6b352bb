/** What every scenario is given, and what they share. */
import type { Plan } from "../arguments.ts";
import type { Bench } from "../bench.ts";
import type { Crew } from "../crew.ts";
import { gather } from "../crew.ts";
import type { Person } from "../device.ts";
import type { Figure, Ground } from "../figures.ts";
import type { Cost } from "../meter.ts";
import { strangers } from "../people.ts";
import type { Quantiles } from "../quantiles.ts";
import { talkSteadily } from "../talk.ts";

export interface Stage {
  bench: Bench;
  plan: Plan;
  /** A hundred who really signed in, in pairs. */
  people: Person[];
  /** Something to read while it runs. */
  say: (text: string) => void;
  /** Remembers how busy the machine was with other things. */
  spent: (cost: Cost) => void;
}

export type Scenario = (stage: Stage) => Promise<Figure[]>;

export const GROUNDS: readonly Ground[] = ["product", "relay", "persisting"];

/** The product's people on the product, as many strangers on a floor. */
export function gatherOn(ground: Ground, { bench, people }: Pick<Stage, "bench" | "people">): Promise<Crew> {
  if (ground === "product") return gather(people, { marks: true });
  const url = ground === "relay" ? bench.relayUrl : bench.persistingUrl;
  return gather(strangers(url, { people: people.length }), { marks: false });
}

/** At a slow pace it takes so many until the runtime has compiled most of what it will, on the core that is measured. */
export const SETTLED_AFTER_MESSAGES = 5_000;

const WARM_UP = { perSecond: 10, seconds: 20 };

/**
 * Everybody talks for a while on every ground before anything counts. What serves people has run for days; what has just begun,
 * the broker's virtual machine above all, is busy compiling itself, on the cores that are measured.
 */
export async function warmUp(stage: Stage): Promise<void> {
  for (const ground of GROUNDS) {
    stage.say(`warming up, ${ground}`);
    const crew = await gatherOn(ground, stage);
    await talkSteadily(crew, WARM_UP);
    crew.close();
  }
}

/** A value for each ground that has one. */
export function valuesOf(values: Partial<Record<Ground, number | null>>): Figure["values"] {
  return { product: null, relay: null, persisting: null, ...values };
}

/** The four figures of a distribution, in ms. */
export function quantileFigures(
  about: Pick<Figure, "scenario" | "setting" | "measure"> & { aimP99?: number | undefined },
  taken: Partial<Record<Ground, Quantiles>>,
): Figure[] {
  const { aimP99, measure, ...rest } = about;
  return (["p50", "p90", "p99", "max"] as const).map((name) => {
    const values = valuesOf(
      Object.fromEntries(Object.entries(taken).map(([ground, quantiles]) => [ground, quantiles[name]])),
    );
    const figure: Figure = { ...rest, measure: `${measure} ${name}`, unit: "ms", values };
    return name === "p99" && aimP99 !== undefined ? { ...figure, aim: { atMost: aimP99 } } : figure;
  });
}
