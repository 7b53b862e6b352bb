import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { add, type Counts, NONE } from "./counts.ts";
import { ROOT } from "./paths.ts";

/** No step may hang for longer; the longest takes half of it on two cores, and twice as long where they have other work. */
const STEP_WITHIN_MS = 15 * 60 * 1_000;

export interface CommandStep {
  name: string;
  command: string[];
  env?: Record<string, string>;
  /** How many tests it ran, from its output; without it the step is no test. */
  count?: (output: string) => Counts | Promise<Counts>;
  /** What it prints is wanted also when it ends well. */
  shown?: boolean;
}

/** Runs the steps of a gate one after another: a line for each, with its output when it fails, and the sum at the end. */
export interface Steps {
  /** A command that must end well. True when it did. */
  command(step: CommandStep): Promise<boolean>;
  /** Work in this process that must not throw; what it returns is shown beside the name. */
  work(name: string, work: () => Promise<string>): Promise<boolean>;
  /** A step that cannot run because another failed. */
  blocked(name: string, by: string): void;
  total(): Counts;
}

export function makeSteps(cleanup: Cleanup): Steps {
  let total = NONE;

  async function command(step: CommandStep): Promise<boolean> {
    const startedAt = performance.now();
    const { code, output } = await runLogged(cleanup, step);
    let counts = (await step.count?.(output)) ?? NONE;
    // A runner that fails without a failed test (a file that does not parse, a setup that throws) failed all the same.
    if (code !== 0 && counts.failed === 0) counts = add(counts, oneFailure(step.name));
    if (step.count && counts.passed + counts.failed === 0) counts = oneFailure(step.name);
    total = add(total, counts);
    const ok = counts.failed === 0;
    report(step.name, {
      ok,
      startedAt,
      note: step.count ? `${counts.passed} passed, ${counts.failed} failed` : "",
    });
    if (!ok || step.shown === true) print(output.trimEnd());
    return ok;
  }

  async function work(name: string, task: () => Promise<string>): Promise<boolean> {
    const startedAt = performance.now();
    try {
      report(name, { ok: true, startedAt, note: await task() });
      return true;
    } catch (error) {
      total = add(total, oneFailure(name));
      report(name, { ok: false, startedAt, note: "" });
      print(error instanceof Error ? error.message : String(error));
      return false;
    }
  }

  function blocked(name: string, by: string): void {
    total = add(total, oneFailure(name));
    print(`✗ ${name.padEnd(NAME_WIDTH)} not run: ${by} failed`);
  }

  return { command, work, blocked, total: () => total };
}

function oneFailure(name: string): Counts {
  return { passed: 0, failed: 1, names: [name] };
}

const NAME_WIDTH = 24;

function report(
  name: string,
  { ok, startedAt, note }: { ok: boolean; startedAt: number; note: string },
): void {
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6);
  print(`${ok ? "✓" : "✗"} ${name.padEnd(NAME_WIDTH)}${seconds} s  ${note}`.trimEnd());
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** In a process group of its own, so that the janitor can end it with all it started. Output and errors in their order. */
async function runLogged(cleanup: Cleanup, step: CommandStep): Promise<{ code: number; output: string }> {
  const logFile = join(cleanup.folder, `step-${crypto.randomUUID()}.log`);
  const log = openSync(logFile, "a");
  const child = Bun.spawn(step.command, {
    cwd: ROOT,
    // What a step that is cut short leaves in its temporary folder goes with the run's.
    env: { ...process.env, TMPDIR: cleanup.temp, ...step.env },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  cleanup.add({ chore: "end", group: child.pid, signal: "SIGTERM" });
  const timer = setTimeout(() => killGroup(child.pid), STEP_WITHIN_MS);
  const code = await child.exited;
  clearTimeout(timer);
  // What it left behind would be in the way of the next step.
  killGroup(child.pid);
  cleanup.add({ chore: "forget", group: child.pid });
  const output = await Bun.file(logFile).text();
  const late =
    child.signalCode === "SIGKILL" ? `\nkilled; a step may take ${STEP_WITHIN_MS / 60_000} minutes` : "";
  return { code, output: output + late };
}

function killGroup(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    // Nobody was left.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
