/**
 * `bun run load`: measures the product with real WebSocket clients. This process is the clients; the instances, the services
 * and the floors are processes of their own, on other cores where there are any. Everything is on loopback, and gone at the end.
 */
import { cpus, totalmem } from "node:os";
import { resolve } from "node:path";
import { startCleanup } from "../../infra/gate/cleanup.ts";
import { readArguments, USAGE } from "./arguments.ts";
import type { Plan, ScenarioName } from "./arguments.ts";
import { startBench } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { aimMet } from "./figures.ts";
import type { Figure } from "./figures.ts";
import type { Cost } from "./meter.ts";
import { signInPeople } from "./people.ts";
import { table } from "./report/markdown.ts";
import type { Report } from "./report/markdown.ts";
import { writeReport } from "./report/report.ts";
import { growth } from "./scenarios/growth.ts";
import { idle } from "./scenarios/idle.ts";
import { latency } from "./scenarios/latency.ts";
import { notices } from "./scenarios/notices.ts";
import { pacing } from "./scenarios/pacing.ts";
import { resume } from "./scenarios/resume.ts";
import { saturation } from "./scenarios/saturation.ts";
import { warmUp } from "./scenarios/scenario.ts";
import type { Scenario, Stage } from "./scenarios/scenario.ts";
import { storm } from "./scenarios/storm.ts";

const PEOPLE = 100;
const GIBIBYTE = 1_024 ** 3;
/** Longer than the longest plan; a run that hangs must not stay. */
const GIVE_UP_AFTER_MS = 60 * 60 * 1_000;
const SIGNAL_EXIT_CODE = 130;

const ALL: Record<ScenarioName, Scenario> = {
  latency,
  saturation,
  growth,
  notices,
  pacing,
  resume,
  storm,
  idle,
};

try {
  const plan = readArguments(Bun.argv.slice(2));
  process.exitCode = plan.help ? help() : await run(plan);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
process.exit();

function help(): number {
  say(USAGE);
  return 0;
}

async function run(plan: Plan): Promise<number> {
  const startedAt = Date.now();
  const cleanup = await startCleanup();
  let bench: Bench | null = null;
  let leaving: Promise<void> | null = null;
  function leave(): Promise<void> {
    return (leaving ??= Promise.resolve(bench?.stop()).then(cleanup.finish));
  }
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => void leave().finally(() => process.exit(SIGNAL_EXIT_CODE)));
  }
  setTimeout(() => void leave().finally(() => process.exit(1)), GIVE_UP_AFTER_MS).unref();
  try {
    say(`starting the ${plan.stack} stack`);
    bench = await startBench(plan, cleanup);
    const report = await measure(plan, { bench, startedAt });
    const path = await writeReport(report, { folder: resolve(plan.report), json: plan.json });
    say(`\nThe report is in ${path}.`);
    return 0;
  } finally {
    await leave();
  }
}

async function measure(
  plan: Plan,
  { bench, startedAt }: { bench: Bench; startedAt: number },
): Promise<Report> {
  const costs: Cost[] = [];
  say(`${PEOPLE} people sign in`);
  const stage: Stage = {
    bench,
    plan,
    people: await signInPeople(bench, { people: PEOPLE }),
    say,
    spent: (cost) => void costs.push(cost),
  };
  if (!plan.quick) await warmUp(stage);
  const figures: Figure[] = [];
  for (const name of plan.scenarios) {
    const taken = await ALL[name](stage);
    say(`\n${table(taken)}\n`);
    figures.push(...taken);
  }
  const missed = figures.filter((figure) => aimMet(figure) === false);
  for (const { scenario, setting, measure } of missed) say(`missed: ${scenario}, ${setting}: ${measure}`);
  const shares = costs.map(({ elsewhere }) => elsewhere);
  const [processor] = cpus();
  return {
    at: new Date(startedAt).toISOString(),
    command: `bun run load ${Bun.argv.slice(2).join(" ")}`.trim(),
    machine: `${cpus().length} × ${processor?.model ?? "?"}, ${Math.round(totalmem() / GIBIBYTE)} GiB, Bun ${Bun.version}`,
    stack: `${plan.stack}, ${plan.instances} instance(s)${plan.bystanders > 0 ? ` and ${plan.bystanders} that hold nobody` : ""}`,
    durability: await bench.database.durability(),
    elsewhere: {
      mean: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
      worst: Math.max(0, ...shares),
    },
    seconds: (Date.now() - startedAt) / 1_000,
    figures,
  };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
