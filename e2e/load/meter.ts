/** What a stretch of work cost: CPU and memory of each part, write-ahead log, and how much the rest of the machine did. */
import { cpus } from "node:os";
import type { Bench, Group } from "./bench.ts";
import { machineCpuSeconds, usageOf } from "./processes.ts";
import type { Usage } from "./processes.ts";

export interface Cost {
  seconds: number;
  cpuSeconds: Partial<Record<Group | "clients", number>>;
  /** Memory at the end, and how much more that is than at the beginning, bytes. */
  memoryBytes: Partial<Record<Group, number>>;
  grownBytes: Partial<Record<Group, number>>;
  walBytes: number;
  /** CPU that processes other than the measured ones used, as a share of the machine. */
  elsewhere: number;
}

interface Reading {
  at: number;
  groups: Map<Group | "clients", Usage>;
  machine: number;
  wal: number;
}

/**
 * Starts measuring; what it returns stops and tells. To look for the processes takes a tenth of a second in which nothing else
 * runs here: while clients of this process are being timed, hand over those found before.
 */
export async function startMeter(bench: Bench, pids = bench.processes()): Promise<() => Promise<Cost>> {
  const before = await read(bench, pids);
  return async () => costOf(before, await read(bench, pids));
}

async function read(bench: Bench, pids: Map<Group, number[]>): Promise<Reading> {
  const groups = new Map<Group | "clients", Usage>();
  for (const [group, members] of pids) groups.set(group, await usageOf(members));
  groups.set("clients", await usageOf([process.pid]));
  return {
    at: performance.now(),
    groups,
    machine: machineCpuSeconds(),
    wal: await bench.database.walBytes(),
  };
}

function costOf(before: Reading, after: Reading): Cost {
  const seconds = (after.at - before.at) / 1_000;
  const cost: Cost = {
    seconds,
    cpuSeconds: {},
    memoryBytes: {},
    grownBytes: {},
    walBytes: after.wal - before.wal,
    elsewhere: 0,
  };
  let own = 0;
  for (const [group, usage] of after.groups) {
    const first = before.groups.get(group) ?? usage;
    const cpu = usage.cpuSeconds - first.cpuSeconds;
    own += cpu;
    cost.cpuSeconds[group] = cpu;
    if (group === "clients") continue;
    cost.memoryBytes[group] = usage.memoryBytes;
    cost.grownBytes[group] = usage.memoryBytes - first.memoryBytes;
  }
  const all = after.machine - before.machine;
  cost.elsewhere = Math.max(0, all - own) / (seconds * cpus().length);
  return cost;
}
