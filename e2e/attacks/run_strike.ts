import { join } from "node:path";
import type { Outcome, StrikeName } from "./strikes.ts";

const STRIKE = join(import.meta.dirname, "strike.ts");

/** Runs an attack in a process of its own, and returns what came of it. */
export async function runStrike(
  name: StrikeName,
  { url, seconds, cookies }: { url: string; seconds: number; cookies: string[] },
): Promise<Outcome> {
  const command = [process.execPath, "--no-orphans", STRIKE, name, url, String(seconds), ...cookies];
  const striker = Bun.spawn(command, { stdio: ["ignore", "pipe", "inherit"] });
  const printed = await striker.stdout.text();
  if ((await striker.exited) !== 0) throw new Error(`the attack "${name}" did not run to its end`);
  return JSON.parse(printed) as Outcome;
}
