/** What Linux knows of processes: who listens on a port, who is whose child, what they have used. */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** Clock ticks a second in /proc, the same on every Linux that Bun runs on. */
const TICKS_PER_SECOND = 100;
const LISTENING = "0A";

export interface Usage {
  /** CPU time since the processes began, seconds. */
  cpuSeconds: number;
  /** Memory that is theirs, shared pages counted by share, bytes. */
  memoryBytes: number;
}

/**
 * Whatever counted of these processes now. Processes that ended meanwhile count nothing. To add up the memory of large ones takes
 * the system a tenth of a second, in which clients in this process must not stand still: so it is read beside them.
 */
export async function usageOf(pids: readonly number[]): Promise<Usage> {
  const usage = { cpuSeconds: 0, memoryBytes: 0 };
  for (const pid of pids) {
    const stat = readIfThere(`/proc/${pid}/stat`);
    if (stat === null) continue;
    usage.cpuSeconds += parseStat(stat).cpuSeconds;
    usage.memoryBytes += await memoryOf(pid);
  }
  return usage;
}

/** The process and all that descend from it. */
export function treeOf(root: number): number[] {
  const childrenOf = Map.groupBy(allProcesses(), (process) => process.parent);
  const tree = [root];
  for (const pid of tree) tree.push(...(childrenOf.get(pid) ?? []).map((child) => child.pid));
  return tree;
}

/** The process that listens on a loopback port; of a family, the eldest. Null when it is none that we may look at. */
export function listenerOn(port: number): number | null {
  const inodes = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((table) =>
    parseListeners(readIfThere(table) ?? "", port),
  );
  const sockets = new Set(inodes.map((inode) => `socket:[${inode}]`));
  const holders = allPids().filter((pid) => holdsAny(pid, sockets));
  return holders.length === 0 ? null : Math.min(...holders);
}

/** CPU seconds that the whole machine has spent since it booted. */
export function machineCpuSeconds(): number {
  const [, ...ticks] = (readIfThere("/proc/stat") ?? "").split("\n", 1)[0]?.trim().split(/\s+/) ?? [];
  const [user = 0, nice = 0, system = 0, , , irq = 0, softIrq = 0, steal = 0] = ticks.map(Number);
  return (user + nice + system + irq + softIrq + steal) / TICKS_PER_SECOND;
}

/** Inodes of the sockets that listen on `port`, from the text of /proc/net/tcp. */
export function parseListeners(table: string, port: number): string[] {
  const ending = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  return table.split("\n").flatMap((line) => {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    return local?.endsWith(ending) && state === LISTENING && inode !== undefined ? [inode] : [];
  });
}

/** From the text of /proc/PID/stat. The name in it may hold blanks and brackets. */
export function parseStat(stat: string): { parent: number; cpuSeconds: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return { parent: Number(fields[1]), cpuSeconds: (user + system) / TICKS_PER_SECOND };
}

function allProcesses(): { pid: number; parent: number }[] {
  return allPids().flatMap((pid) => {
    const stat = readIfThere(`/proc/${pid}/stat`);
    return stat === null ? [] : [{ pid, parent: parseStat(stat).parent }];
  });
}

function allPids(): number[] {
  return readdirSync("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
}

async function memoryOf(pid: number): Promise<number> {
  // Of a process that has ended or belongs to another there is none, as in `readIfThere`.
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, "utf8").catch(() => null);
  const kilobytes =
    /^Pss:\s+(\d+) kB/m.exec(rollup ?? "") ??
    /^VmRSS:\s+(\d+) kB/m.exec(readIfThere(`/proc/${pid}/status`) ?? "");
  return Number(kilobytes?.[1] ?? 0) * 1_024;
}

function holdsAny(pid: number, sockets: Set<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`)));
  } catch {
    // It ended, it closed a file meanwhile, or it is another user's: not one that we could measure.
    return false;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Processes come and go, and some belong to others.
    return null;
  }
}
