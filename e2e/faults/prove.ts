/**
 * For the gate: a short round that must hold, then one for each planted bug that must not. Each in a process of its own; says
 * how many did what they must in the words of `bun test`, for the gate to count. `round`, `plants` or the name of one runs
 * only that.
 */
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CACHE, ROOT } from "../../infra/gate/paths.ts";
import { PLANTS, type Plant } from "./planted/plants.ts";
import type { Report } from "./report.ts";

const FAULTS_MIN = 20;
const KINDS_MIN = 10;
const SECONDS_MIN = 60;
/** Plants are mostly waited for. */
const AT_ONCE = 2;
/** The gate's round is the same every time; other seeds are for `bun run faults`. */
const SEED = 20_261_122;
const SHORT = ["--minutes", "1.1", "--people", "22", "--instances", "2", "--rate", "40"];
const PLANTED = ["--pages", "0", "--minutes", "0.1", "--people", "6", "--instances", "2", "--rate", "40"];

interface Outcome {
  name: string;
  problem: string | null;
}

const wanted = process.argv.slice(2);
const isWanted = (...names: string[]) => wanted.length === 0 || names.some((name) => wanted.includes(name));
const outcomes: Outcome[] = [];
if (isWanted("round")) outcomes.push(await shortRound());
outcomes.push(
  ...(await inTurns(
    PLANTS.filter(({ name }) => isWanted("plants", name)),
    planted,
  )),
);
for (const { name, problem } of outcomes)
  say(`${problem === null ? "(pass)" : "(fail)"} ${name}${problem ?? ""}`);
const failed = outcomes.filter(({ problem }) => problem !== null).length;
say(` ${outcomes.length - failed} pass\n ${failed} fail`);
process.exit(failed === 0 ? 0 : 1);

/** A few at a time. Answers in the order of `of`. */
async function inTurns<T, R>(of: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const left = [...of.entries()];
  const results: R[] = [];
  async function worker(): Promise<void> {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, one] = next;
      results[index] = await work(one);
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

async function shortRound(): Promise<Outcome> {
  const name = "nothing is lost, doubled or reordered in a short round of faults";
  const { report, output } = await runRound(SHORT, null);
  if (report === null || report.breaches.length > 0) return { name, problem: `\n${output}` };
  const { faults, faultsByKind, tookSeconds } = report;
  const enough =
    faults >= FAULTS_MIN && Object.keys(faultsByKind).length >= KINDS_MIN && tookSeconds >= SECONDS_MIN;
  return { name, problem: enough ? null : `: the round was too small\n${output}` };
}

async function planted(plant: Plant): Promise<Outcome> {
  const name = `the planted bug ${plant.name} is caught`;
  const { report, output } = await runRound(PLANTED, plant.name);
  const caught =
    report?.breaches.some(({ rule, detail }) => plant.caughtBy.test(`${rule}: ${detail}`)) ?? false;
  return { name, problem: caught ? null : `\n${output}` };
}

/** `report` is null when the round itself broke off. */
async function runRound(
  args: string[],
  plant: string | null,
): Promise<{ report: Report | null; output: string }> {
  const path = join(CACHE, "faults", `seed-${SEED}${plant === null ? "" : `-${plant}`}.json`);
  await rm(path, { force: true });
  const command = [
    process.execPath,
    "--no-orphans",
    join(import.meta.dir, "faults.ts"),
    "--seed",
    String(SEED),
  ];
  const round = Bun.spawn([...command, ...args, ...(plant === null ? [] : ["--plant", plant])], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = await Promise.all([round.stdout.text(), round.stderr.text(), round.exited]);
  const report = existsSync(path) ? ((await Bun.file(path).json()) as Report) : null;
  return { report, output: output + errors };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
