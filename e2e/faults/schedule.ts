/** Which fault when: drawn from the seed, so that a round can be had again. */
import { BUS_FAULTS } from "./bus_faults.ts";
import type { Fault, Resource } from "./fault.ts";
import { INSTANCE_FAULTS } from "./instance_faults.ts";
import { LINE_FAULTS } from "./line_faults.ts";
import { MACHINE_FAULTS } from "./machine_faults.ts";
import { PEOPLE_FAULTS } from "./people_faults.ts";
import type { Random } from "./random.ts";
import { WIRE_FAULTS } from "./wire_faults.ts";

const FAULTS: readonly Fault[] = [
  ...INSTANCE_FAULTS,
  ...MACHINE_FAULTS,
  ...WIRE_FAULTS,
  ...LINE_FAULTS,
  ...PEOPLE_FAULTS,
  ...BUS_FAULTS,
];

export interface Planned {
  fault: Fault;
  /** From the beginning of its episode. */
  atMs: number;
  forMs: number;
  random: Random;
}

/** What an episode breaks: anything, or nothing but the bus. */
export type Style = "any" | "bus";

export interface Episode {
  number: number;
  style: Style;
  lengthMs: number;
  planned: Planned[];
}

const EPISODE_MS = 20_000;
const GAP_MS = { from: 300, to: 2_200 };
/** Every so many episodes only the bus is broken. */
const BUS_EVERY = 4;
const BUS_EPISODE_MS = 12_000;
/** Time that coming right again takes, beside the fault itself: an instance starts, Kafka recovers. */
const RECOVERY_MS = 3_000;

export interface ScheduleOptions {
  /** Kinds to draw from; empty: all. */
  only: readonly string[];
  episodeMs?: number;
  /** Whether there is time for faults that take minutes. */
  long?: boolean;
}

/** Deals kinds from a shuffled deck, so that all of them come before one comes again. */
export function createSchedule(
  random: Random,
  { only, episodeMs = EPISODE_MS, long = false }: ScheduleOptions,
) {
  const kinds = FAULTS.filter((fault) =>
    only.length === 0 ? long || !fault.long : only.includes(fault.kind),
  );
  if (kinds.length === 0) throw new Error(`there is no fault of the kind ${only.join(" or ")}`);
  let deck: Fault[] = [];

  function deal(free: (fault: Fault) => boolean): Fault | null {
    if (!deck.some(free)) deck = [...deck, ...random.shuffle(kinds)];
    const index = deck.findIndex(free);
    const [fault] = index < 0 ? [] : deck.splice(index, 1);
    return fault ?? null;
  }

  return function nextEpisode(number: number): Episode {
    const style: Style = only.length === 0 && number % BUS_EVERY === BUS_EVERY - 2 ? "bus" : "any";
    if (style === "bus") return { number, style, lengthMs: BUS_EPISODE_MS, planned: [] };
    const busyUntil = new Map<Resource, number>();
    const planned: Planned[] = [];
    for (let atMs = 0; atMs < episodeMs; atMs += random.between(GAP_MS.from, GAP_MS.to)) {
      const isFree = ({ needs }: Fault): boolean =>
        needs.every((need) => need === "none" || (busyUntil.get(need) ?? 0) <= atMs);
      const fault = deal(isFree);
      if (fault === null || (only.length === 0 && fault.rare && random.chance(fault.rare))) continue;
      const forMs = random.between(...fault.forMs);
      for (const need of fault.needs) busyUntil.set(need, atMs + forMs + RECOVERY_MS);
      planned.push({ fault, atMs, forMs, random: random.branch(`${number} ${planned.length}`) });
    }
    return { number, style, lengthMs: episodeMs, planned };
  };
}
