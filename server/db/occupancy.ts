/**
 * Who serves a data folder right now: read from Postgres' own `postmaster.pid`, and from `owner.pid`, where the process
 * that started it left its id. Both files survive a crash and a restart of the machine, and process ids come back: a
 * number in a file is believed only as far as that process looks like what it should be.
 */
import { readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lines of `postmaster.pid`, from 0. */
const PID_LINE = 0;
const STATUS_LINE = 7;

export interface Occupied {
  /** Holds `owner.pid`. */
  folder: string;
  /** Postgres' data directory. */
  cluster: string;
}

/** `free`: nobody runs here. `served`: ready, and its owner lives. `busy`: it is starting or stopping; look again. */
export type Occupancy = "free" | "served" | "busy";

export function lookAt({ folder, cluster }: Occupied): Occupancy {
  const found = readPostmaster(cluster);
  if (found === null) return "free";
  if (!runsIn(found.pid, cluster)) {
    // Postgres would be fooled by a process that has the same id now, and refuse to start.
    rmSync(join(cluster, "postmaster.pid"), { force: true });
    return "free";
  }
  const owner = readOwner(folder);
  if (owner?.postmaster !== found.pid) return "busy";
  if (isAlive(owner.pid)) return found.ready ? "served" : "busy";
  // The guard has told it to stop when the owner died; saying it twice does no harm.
  process.kill(found.pid, "SIGINT");
  return "busy";
}

/** True once the postmaster `pid` is ready; from then on this process is known as its owner. */
export function claim({ folder, cluster }: Occupied, pid: number): boolean {
  const found = readPostmaster(cluster);
  if (found?.pid !== pid || !found.ready) return false;
  writeFileSync(join(folder, "owner.pid"), `${process.pid}\n${pid}\n`, { mode: 0o600 });
  return true;
}

function readPostmaster(cluster: string) {
  const lines = readLines(join(cluster, "postmaster.pid"));
  const pid = Number(lines[PID_LINE]);
  return pid > 0 ? { pid, ready: lines[STATUS_LINE]?.trim() === "ready" } : null;
}

function readOwner(folder: string) {
  const [pid, postmaster] = readLines(join(folder, "owner.pid")).map(Number);
  return pid === undefined || postmaster === undefined ? null : { pid, postmaster };
}

/** No lines when there is no such file. */
function readLines(file: string) {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

/** A Postgres works in its data directory: that tells it from another process that got its id later. */
function runsIn(pid: number, cluster: string) {
  if (!isAlive(pid)) return false;
  if (process.platform !== "linux") return commandOf(pid) === "postgres";
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch (error) {
    if (codeOf(error) === "EACCES") return readLines(`/proc/${pid}/comm`)[0] === "postgres";
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function commandOf(pid: number) {
  const { stdout } = Bun.spawnSync(["ps", "-p", String(pid), "-o", "comm="]);
  return stdout.toString().trim().split("/").at(-1);
}

/** True when there is such a process, whoever's it is. */
export function isAlive(pid: number) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

function codeOf(error: unknown) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
