import { parseArgs } from "node:util";

export interface RoundOptions {
  seed: number;
  minutes: number;
  people: number;
  instances: number;
  /** Messages a second, of all people together. */
  perSecond: number;
  /** The only kinds of faults to draw; empty: all of them. */
  only: string[];
  plant: string | null;
  /** How many of the people use a page of a real browser. */
  pages: number;
}

/** `--minutes M --seed S --people N --instances I --rate R --only KIND,KIND --plant NAME --pages P`; each has a default. */
export function readArguments(args: string[]): RoundOptions {
  const { values } = parseArgs({
    args,
    options: {
      minutes: { type: "string", default: "2" },
      seed: { type: "string", default: String(Date.now() % 1_000_000) },
      people: { type: "string", default: "24" },
      instances: { type: "string", default: "3" },
      rate: { type: "string", default: "60" },
      only: { type: "string" },
      plant: { type: "string" },
      pages: { type: "string", default: "2" },
    },
  });
  return {
    seed: positive("--seed", values.seed),
    minutes: positive("--minutes", values.minutes),
    people: positive("--people", values.people),
    instances: positive("--instances", values.instances),
    perSecond: positive("--rate", values.rate),
    only: values.only === undefined ? [] : values.only.split(","),
    plant: values.plant ?? null,
    pages: Number(values.pages),
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${name} must be a number above zero, not ${text}`);
}
