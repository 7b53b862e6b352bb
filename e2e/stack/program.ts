/** Programs of the product, run as people run them, and with no more of this environment than they need. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { readFile, mkdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";

const ROOT = resolve(import.meta.dirname, "../..");
const BUN = join(ROOT, "node_modules/.bin/bun");
const START_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 50;
const LOG_TAIL_CHARS = 4_000;

const LOG_FOLDER = join(ROOT, ".cache/e2e/logs");

export interface Program {
  /** What it writes. */
  logFile: string;
  /** Asks it to end, and resolves when it has; throws when it does not end well. */
  stop(): Promise<void>;
  /** Does to it what machines do: kills it, freezes it, lets it go on. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves when it has ended, however. */
  ended: Promise<unknown>;
}

export interface ProgramOptions {
  /** Names its log. */
  name: string;
  args: string[];
  env: Record<string, string>;
  /** Answers 2xx once it serves. */
  readyUrl: string;
}

/** Starts a program and resolves once it is ready. */
export async function startProgram({ name, args, env, readyUrl }: ProgramOptions): Promise<Program> {
  const logFile = join(LOG_FOLDER, `${name}.log`);
  await mkdir(dirname(logFile), { recursive: true });
  const log = createWriteStream(logFile);
  const child = spawn(BUN, ["--no-env-file", "--no-orphans", ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  child.stdout.pipe(log);
  child.stderr.pipe(log);
  const ended = once(child, "exit");

  async function stop(): Promise<void> {
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    const [code, signal] = await ended;
    clearTimeout(timer);
    if (code !== 0)
      throw new Error(`${name} ended with ${code ?? signal} when it was asked to stop; see ${logFile}`);
  }

  const giveUpAt = Date.now() + START_WITHIN_MS;
  while (!(await answers(readyUrl))) {
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > giveUpAt) {
      child.kill("SIGKILL");
      throw new Error(`${name} did not start:\n${(await readFile(logFile, "utf8")).slice(-LOG_TAIL_CHARS)}`);
    }
    await pause(LOOK_AGAIN_MS);
  }
  return { logFile, stop, signal: (signal) => void child.kill(signal), ended };
}

/** Runs a program to its end and returns what it printed; throws when it fails. */
export async function runProgram(args: string[], env: Record<string, string>): Promise<string> {
  const { stdout } = await promisify(execFile)(BUN, ["--no-env-file", ...args], {
    cwd: ROOT,
    env: { ...inherited(), ...env },
    timeout: START_WITHIN_MS,
  });
  return stdout;
}

/** Not what this shell may name: a DATABASE_URL of its own would be somebody's real data. */
function inherited(): Record<string, string> {
  const kept = ["PATH", "HOME", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(kept);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}
