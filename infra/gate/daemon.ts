import { openSync, closeSync } from "node:fs";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";

const LOOK_AGAIN_MS = 25;
const START_WITHIN_MS = 90_000;
/** Lines of its log that a failed start shows. */
const LOG_TAIL_LINES = 30;

export interface DaemonOptions {
  name: string;
  command: string[];
  /** What it writes to its log once it serves. */
  ready: RegExp;
  /** Ends it; its files are thrown away, so the quickest signal that leaves no child behind. */
  signal: NodeJS.Signals;
  cwd?: string;
  env?: Record<string, string>;
  argv0?: string;
  /** User and group id to run as. */
  as?: number;
}

/** A service that runs; who wants to end it before its time, and start it again, needs both. */
export interface Daemon {
  /** Its process, and its group. */
  pid: number;
  options: DaemonOptions;
}

/** A service and where it is. */
export interface Launched {
  url: string;
  daemon: Daemon;
}

/** Starts a service in its own process group, and resolves once its log says that it is ready. */
export async function startDaemon(cleanup: Cleanup, options: DaemonOptions): Promise<Daemon> {
  const logFile = join(cleanup.folder, `${options.name}.log`);
  const log = openSync(logFile, "a");
  const daemon = Bun.spawn(options.command, {
    cwd: options.cwd ?? cleanup.folder,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", log, log],
    detached: true,
    ...(options.argv0 !== undefined && { argv0: options.argv0 }),
    ...(options.as !== undefined && { uid: options.as, gid: options.as }),
  });
  closeSync(log);
  cleanup.add({ chore: "end", group: daemon.pid, signal: options.signal });
  daemon.unref();

  const giveUpAt = Date.now() + START_WITHIN_MS;
  while (!options.ready.test(await Bun.file(logFile).text())) {
    if (daemon.exitCode !== null || daemon.signalCode !== null || Date.now() > giveUpAt) {
      const tail = (await Bun.file(logFile).text()).trim().split("\n").slice(-LOG_TAIL_LINES).join("\n");
      throw new Error(`${options.name} did not start; the end of its log:\n${tail}`);
    }
    await Bun.sleep(LOOK_AGAIN_MS);
  }
  return { pid: daemon.pid, options };
}
