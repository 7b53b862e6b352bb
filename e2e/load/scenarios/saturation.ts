/** As fast as it goes: everybody keeps a number of messages unanswered. How many a second, and what a million of them cost. */
import type { Group } from "../bench.ts";
import type { Figure, Ground } from "../figures.ts";
import { startMeter } from "../meter.ts";
import type { Cost } from "../meter.ts";
import { quantilesOf } from "../quantiles.ts";
import { talkAtOnce } from "../talk.ts";
import { GROUNDS, gatherOn, valuesOf } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

/** Throughput counts as long as the slowest hundredth is there within this time. */
const P99_MAX_MS = 500;
/** Ten times the 1,200 persisted messages a second of a trusted open server on the same share of a machine. */
const AIM_PER_SECOND = 12_000;
const AIM_RATIO = 0.25;
const PARTS = ["server", "postgres", "redis", "kafka"] as const;
const PARTS_AND_BYSTANDERS = [...PARTS, "bystander"] as const;
const MILLION = 1_000_000;
const MEGABYTE = 1_024 * 1_024;

interface Run {
  ground: Ground;
  outstanding: number;
  perSecond: number;
  p99: number;
  missing: number;
  messages: number;
  cost: Cost;
}

export async function saturation(stage: Stage): Promise<Figure[]> {
  const widths = stage.plan.quick ? [16] : [1, 4, 16, 32, 64];
  const runs = new Map<Ground, Run[]>();
  for (const ground of GROUNDS) {
    const own: Run[] = [];
    for (const outstanding of widths) own.push(await run(stage, { ground, outstanding }));
    runs.set(ground, own);
  }
  const best = new Map([...runs].map(([ground, own]) => [ground, bestOf(own)]));
  return [
    headline(best),
    ...widths.flatMap((outstanding, index) => sweep({ outstanding, index, runs })),
    ...costOfMillion(best),
  ];
}

async function run(
  stage: Stage,
  { ground, outstanding }: { ground: Ground; outstanding: number },
): Promise<Run> {
  stage.say(`saturation: ${outstanding} unanswered each, ${ground}`);
  const crew = await gatherOn(ground, stage);
  const costs: Cost[] = [];
  const processes = stage.bench.processes();
  const talk = await talkAtOnce(crew, {
    outstanding,
    seconds: stage.plan.seconds,
    async around() {
      const stop = await startMeter(stage.bench, processes);
      return async () => void costs.push(await stop());
    },
  });
  crew.close();
  const [cost] = costs;
  if (cost === undefined) throw new Error("a run without its cost");
  stage.spent(cost);
  return {
    ground,
    outstanding,
    perSecond: talk.arrivedBetween / talk.seconds,
    p99: quantilesOf(talk.arrive).p99,
    missing: talk.missing,
    messages: talk.arrivedBetween,
    cost,
  };
}

function bestOf(runs: Run[]): Run | undefined {
  return runs.filter((run) => run.p99 < P99_MAX_MS).toSorted((a, b) => b.perSecond - a.perSecond)[0];
}

function headline(best: Map<Ground, Run | undefined>): Figure {
  return {
    scenario: "saturation",
    setting: `best with p99 < ${P99_MAX_MS} ms`,
    measure: "throughput",
    unit: "messages/s",
    values: valuesOf(Object.fromEntries([...best].map(([ground, run]) => [ground, run?.perSecond ?? null]))),
    aim: { atLeast: AIM_PER_SECOND },
    aimRatio: { atLeast: AIM_RATIO },
  };
}

function sweep(swept: { outstanding: number; index: number; runs: Map<Ground, Run[]> }): Figure[] {
  const { outstanding, index, runs } = swept;
  const about = { scenario: "saturation", setting: `${outstanding} unanswered each, 100 people` };
  const each = (pick: (run: Run) => number) =>
    valuesOf(
      Object.fromEntries(
        [...runs].flatMap(([ground, own]) => {
          const run = own[index];
          return run === undefined ? [] : [[ground, pick(run)]];
        }),
      ),
    );
  return [
    { ...about, measure: "throughput", unit: "messages/s", values: each((run) => run.perSecond) },
    { ...about, measure: "send → receive p99", unit: "ms", values: each((run) => run.p99) },
    { ...about, measure: "CPU of all but the clients", unit: "µs a message", values: each(cpuOfMessage) },
    {
      ...about,
      measure: "missing",
      unit: "messages",
      values: valuesOf({ product: runs.get("product")?.[index]?.missing ?? null }),
      aim: { atMost: 0 },
    },
  ];
}

function cpuOfMessage({ ground, cost: { cpuSeconds }, messages }: Run): number {
  const parts = ground === "product" ? PARTS : ([ground, "postgres"] as const);
  const seconds = parts.reduce((sum, part) => sum + (cpuSeconds[part] ?? 0), 0);
  return (seconds / messages) * MILLION;
}

/** What a million messages cost each ground at its best: of the floors, the process that stands for the server, and Postgres. */
function costOfMillion(best: Map<Ground, Run | undefined>): Figure[] {
  const about = { scenario: "saturation", setting: "a million messages at that pace" };
  const each = (pick: (cost: Cost, ground: Ground) => number | undefined) =>
    valuesOf(
      Object.fromEntries(
        [...best].map(([ground, run]) => {
          const amount = run === undefined ? undefined : pick(run.cost, ground);
          return [
            ground,
            amount === undefined || run === undefined ? null : (amount / run.messages) * MILLION,
          ];
        }),
      ),
    );
  const used = PARTS_AND_BYSTANDERS.filter(
    (part) => best.get("product")?.cost.cpuSeconds[part] !== undefined,
  );
  return [
    ...used.map((part) => ({
      ...about,
      measure: `CPU of ${part}`,
      unit: "s",
      values: each(({ cpuSeconds }, ground) => cpuSeconds[partOf(part, ground)]),
    })),
    ...used.map((part) => ({
      ...about,
      measure: `memory that ${part} grew`,
      unit: "MB",
      values: each(({ grownBytes }, ground) => (grownBytes[partOf(part, ground)] ?? 0) / MEGABYTE),
    })),
    {
      ...about,
      measure: "write-ahead log",
      unit: "MB",
      values: each(({ walBytes }) => walBytes / MEGABYTE),
    },
  ];
}

function partOf(part: Group, ground: Ground): Group {
  return part === "server" && ground !== "product" ? ground : part;
}
