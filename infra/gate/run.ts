import type { Cleanup } from "./cleanup.ts";

export interface RunOptions {
  /** Ends the command when the run ends first; without it, only a Ctrl-C in the terminal reaches it. */
  cleanup?: Cleanup;
  /** User and group id to run as. */
  as?: number;
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a command to its end and returns its output; throws with all of its output when it fails. */
export async function run(command: string[], options: RunOptions = {}): Promise<string> {
  const { cleanup, as, cwd = "/", env } = options;
  const child = Bun.spawn(command, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: cleanup !== undefined,
    ...(as !== undefined && { uid: as, gid: as }),
  });
  cleanup?.add({ chore: "end", group: child.pid, signal: "SIGTERM" });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  cleanup?.add({ chore: "forget", group: child.pid });
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${output}${errors}`);
  return output;
}

/** True when the command ends well; false when it fails or does not exist. */
export async function succeeds(command: string[]): Promise<boolean> {
  if (Bun.which(command[0] ?? "") === null) return false;
  return (await Bun.spawn(command, { stdio: ["ignore", "ignore", "ignore"] }).exited) === 0;
}
