import { runAdminCommand } from "../commands.ts";
import { readConfig } from "../config.ts";

/**
 * What an administrator does at a terminal, in the process of whoever tests: a program of its own takes a second to load what it
 * needs, and a scenario needs one for everybody in it. Throws when it is refused; standard error says why.
 */
export async function typeAdminCommand(
  env: Record<string, string>,
  command: readonly string[],
): Promise<void> {
  const code = await runAdminCommand(readConfig(env), [...command], () => {});
  if (code !== 0) throw new Error(`admin ${command.join(" ")} ended with ${code}`);
}
