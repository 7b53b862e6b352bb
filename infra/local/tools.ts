/** Finds the pinned tools, and installs them where they are missing. Imports nothing that needs installing. */
import { statSync } from "node:fs";
import { join, resolve } from "node:path";

/** The top folder of this clone. */
export const ROOT = resolve(import.meta.dir, "../..");

/** The pinned Bun, whichever one runs this. */
export const BUN = join(ROOT, "node_modules/.bin/bun");

/** Runs `bun install` when node_modules is missing or older than the lock file. */
export async function installIfStale(): Promise<void> {
  const installedAt = changedAt(BUN) && changedAt(join(ROOT, "node_modules"));
  if (installedAt !== null && installedAt >= (changedAt(join(ROOT, "bun.lock")) ?? 0)) return;
  await must([process.execPath, "install", "--frozen-lockfile"]);
}

/** Runs a command in the top folder, its output to ours; throws when it fails. */
export async function must(command: string[]): Promise<void> {
  const code = await Bun.spawn(command, { cwd: ROOT, stdio: ["ignore", "inherit", "inherit"] }).exited;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}`);
}

/**
 * Runs a command in the foreground, passes signals on to it, and resolves with its exit code. It gets a session of its own, so
 * that Ctrl-C in the terminal reaches it once, through us.
 */
export async function foreground(command: string[], env: Record<string, string> = {}): Promise<number> {
  const child = Bun.spawn(command, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", "inherit", "inherit"],
    detached: true,
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => child.kill(signal));
  }
  return await child.exited;
}

/** Epoch milliseconds of the last change; null when there is no such file. */
function changedAt(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? null;
}
