/** Does the chores of a run once its pipe closes, newest first. See `cleanup.ts`. Imports nothing that needs installing. */
import { rm } from "node:fs/promises";
import type { Chore } from "./cleanup.ts";

/** How long a process group may take to end after being asked. */
const PATIENCE_MS = 8_000;
const LOOK_AGAIN_MS = 25;

// The terminal's Ctrl-C is for the run; the janitor ends when its work is done.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});

const lines = (await Bun.stdin.text()).split("\n").filter((line) => line.endsWith("}"));
const told = lines.map((line): Chore => JSON.parse(line));
const ended = new Set(told.flatMap((chore) => (chore.chore === "forget" ? [chore.group] : [])));
for (const chore of told.toReversed()) {
  if (chore.chore !== "end" || !ended.has(chore.group)) await perform(chore);
}

async function perform(chore: Chore): Promise<void> {
  switch (chore.chore) {
    case "end":
      return await endGroup(chore.group, chore.signal);
    case "remove":
      return await rm(chore.folder, { recursive: true, force: true });
    case "run":
      await Bun.spawn(chore.command, { cwd: chore.cwd, stdio: ["ignore", "ignore", "inherit"] }).exited;
      return;
    case "forget":
      return;
    default:
      chore satisfies never;
  }
}

async function endGroup(group: number, signal: NodeJS.Signals): Promise<void> {
  let alive = signalGroup(group, signal);
  // Nothing withstands that one; to wait for it would be to wait for whoever inherits the remains.
  if (signal === "SIGKILL") return;
  const giveUpAt = Date.now() + PATIENCE_MS;
  while (alive && Date.now() < giveUpAt) {
    await Bun.sleep(LOOK_AGAIN_MS);
    alive = signalGroup(group, 0);
  }
  if (alive) signalGroup(group, "SIGKILL");
}

/** False when there is no such group any more. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}
