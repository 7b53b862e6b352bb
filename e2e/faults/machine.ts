/** A service of the gate's that can be killed, frozen and started again on what it had left. */
import { readdirSync, readFileSync } from "node:fs";
import type { Cleanup } from "../../infra/gate/cleanup.ts";
import { type Daemon, startDaemon } from "../../infra/gate/daemon.ts";

export interface Machine {
  name: string;
  /** As when the power goes: every process of it, at once. Resolves when none is left. */
  kill(): Promise<void>;
  /** Resolves once it serves again. */
  start(): Promise<void>;
  freeze(): void;
  thaw(): void;
}

const LOOK_AGAIN_MS = 10;

export function makeMachine(cleanup: Cleanup, { pid, options }: Daemon): Machine {
  let current = pid;
  let starts = 1;
  let alive = true;

  async function kill(): Promise<void> {
    if (!alive) return;
    alive = false;
    const family = [current, ...descendants(current)];
    for (const member of family) signal(member, "SIGKILL");
    while (family.some(isRunning)) await Bun.sleep(LOOK_AGAIN_MS);
    cleanup.add({ chore: "forget", group: current });
  }

  async function start(): Promise<void> {
    if (alive) return;
    starts += 1;
    // A log of its own: the old one says already that it is ready.
    const daemon = await startDaemon(cleanup, { ...options, name: `${options.name}-${starts}` });
    current = daemon.pid;
    alive = true;
  }

  function toAll(name: NodeJS.Signals): void {
    if (alive) for (const member of [current, ...descendants(current)]) signal(member, name);
  }

  return {
    name: options.name,
    kill,
    start,
    freeze: () => toAll("SIGSTOP"),
    thaw: () => toAll("SIGCONT"),
  };
}

/** Processes that `pid` started, and theirs. Backends of Postgres are in groups of their own, so the group is not enough. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    const parent = parentOf(entry);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), entry]);
  }
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function parentOf(pid: number): number | null {
  const stat = readStat(pid);
  return stat === null ? null : Number(stat[1]);
}

/** A zombie runs no more. */
function isRunning(pid: number): boolean {
  const stat = readStat(pid);
  return stat !== null && stat[0] !== "Z";
}

/** State, parent and so on; null when there is no such process. */
function readStat(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
