/**
 * What must be gone when a run ends, however it ends. The list is kept by a process of its own (`janitor.ts`) that reads it
 * from a pipe and acts when the pipe closes: at the normal end, on Ctrl-C, and also when the run itself was killed with
 * SIGKILL and could not have cleaned up after itself.
 */
import { mkdtempSync, realpathSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { openTempRoot } from "./temp.ts";

/** One line to the janitor. */
export type Chore =
  /** End a process group: `signal` first, SIGKILL when it is still there a moment later. */
  | { chore: "end"; group: number; signal: NodeJS.Signals }
  /** The group ended by itself; its number may come to mean another. */
  | { chore: "forget"; group: number }
  | { chore: "remove"; folder: string }
  | { chore: "run"; command: string[]; cwd: string };

export interface Cleanup {
  /** A folder of this run that any user of the machine may pass through; gone at the end. */
  folder: string;
  /** A folder in it that takes the place of the system's for temporary files, open to all like that one. */
  temp: string;
  add(chore: Chore): void;
  /** Does all of it, and resolves when it is done. */
  finish(): Promise<void>;
}

/** Starts the janitor, and hands it the run's folder as its first chore (so the last one done). */
export async function startCleanup(): Promise<Cleanup> {
  const folder = realpathSync(mkdtempSync(join(openTempRoot(), "parley-run-")));
  const temp = join(folder, "tmp");
  await mkdir(temp);
  // After the making: a process may be told to take bits away from what it makes.
  await chmod(folder, 0o711);
  await chmod(temp, 0o1777);
  const janitor = Bun.spawn([process.execPath, join(import.meta.dir, "janitor.ts")], {
    stdin: "pipe",
    stdout: "inherit",
    stderr: "inherit",
    // A group of its own: Ctrl-C in the terminal must not reach it.
    detached: true,
  });

  function add(chore: Chore): void {
    janitor.stdin.write(`${JSON.stringify(chore)}\n`);
    void janitor.stdin.flush();
  }

  async function finish(): Promise<void> {
    await janitor.stdin.end();
    await janitor.exited;
  }

  add({ chore: "remove", folder });
  return { folder, temp, add, finish };
}
