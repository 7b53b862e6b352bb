/**
 * `bun run attacks [NAME]`: attacks an instance in every way that `strikes.ts` knows while two people talk, and prints how long
 * their messages took (median, 99 of 100, longest), what processor time and memory the instance needed, and what came of it.
 */
import { startServices } from "../../infra/gate/services.ts";
import { startCleanup } from "../../infra/gate/cleanup.ts";
import { listenerOn, usageOf } from "../load/processes.ts";
import type { Usage } from "../load/processes.ts";
import { quantilesOf } from "../load/quantiles.ts";
import { startTalk } from "./bystander.ts";
import { runStrike } from "./run_strike.ts";
import { STRIKES } from "./strikes.ts";
import type { Outcome, StrikeName } from "./strikes.ts";
import { OWN_LIMITS, startTarget } from "./target.ts";

const SECONDS = 5;
const ATTACKERS = 8;
const MEBIBYTE = 1_024 ** 2;

const wanted = process.argv.slice(2);
const names = (Object.keys(STRIKES) as StrikeName[]).filter(
  (name) => wanted.length === 0 || wanted.some((word) => name.includes(word)),
);
const cleanup = await startCleanup();
try {
  Object.assign(process.env, (await startServices(cleanup, ["postgres"])).env);
  await using target = await startTarget({ name: "attacked", env: OWN_LIMITS });
  const [alice, bob, ...attackers] = await target.people(2 + ATTACKERS);
  if (alice === undefined || bob === undefined) throw new Error("nobody is there");
  const cookies = attackers.map(({ cookie }) => cookie);
  for (const name of [null, ...names]) {
    const before = await usageOf([listenerOn(target.port) ?? 0]);
    const talk = await startTalk(target.url, [alice, bob]);
    const outcome = await strike(name, { url: target.url, seconds: SECONDS, cookies });
    const tookMs = await talk.end();
    const after = await usageOf([listenerOn(target.port) ?? 0]);
    const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
    say(name ?? "nobody attacks", { tookMs, outcome, cpuSeconds, memoryBytes: after.memoryBytes });
  }
} finally {
  await cleanup.finish();
}
process.exit();

async function strike(name: StrikeName | null, how: Parameters<typeof runStrike>[1]): Promise<Outcome> {
  if (name !== null) return runStrike(name, how);
  await Bun.sleep(SECONDS * 1_000);
  return {};
}

interface Measured extends Usage {
  tookMs: number[];
  outcome: Outcome;
}

function say(name: string, { tookMs, outcome, cpuSeconds, memoryBytes }: Measured): void {
  const { count, p50, p99, max } = quantilesOf(tookMs);
  const times = [p50, p99, max].map((ms) => ms.toFixed(1).padStart(8)).join("");
  const cost = `${cpuSeconds.toFixed(2).padStart(6)} s ${(memoryBytes / MEBIBYTE).toFixed(0).padStart(5)} MiB`;
  process.stdout.write(
    `${name.padEnd(30)}${String(count).padStart(4)}${times} ms ${cost}  ${JSON.stringify(outcome)}\n`,
  );
}
