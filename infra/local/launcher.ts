/**
 * npx starts `bun start` through a shell. When npx is told to end, npm hands the signal to that shell, which dies of it and tells
 * nobody: all that it started would go on, on its port, with nobody to stop it. So what npm started looks after that shell.
 * Imports nothing that needs installing.
 */
import { existsSync, readFileSync } from "node:fs";

const LOOK_EVERY_MS = 500;

/** Asks this process to end, as Ctrl-C would, when npx started it and is gone. Without npm nothing happens: a terminal may be closed. */
export function endWithNpx(): void {
  if (!process.env["npm_config_user_agent"]?.startsWith("npm/")) return;
  const runner = process.ppid;
  const shell = parentOf(runner);
  const timer = setInterval(() => {
    if (parentOf(runner) === shell) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** Null when there is no such process. */
function parentOf(pid: number): number | null {
  if (!existsSync("/proc/self/stat")) {
    const { stdout } = Bun.spawnSync(["ps", "-o", "ppid=", "-p", String(pid)]);
    return Number(stdout.toString()) || null;
  }
  if (!existsSync(`/proc/${pid}/stat`)) return null;
  // The name before it, in brackets, may hold anything.
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
  return Number(fields?.[1]);
}
