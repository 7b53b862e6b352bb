/**
 * `bun run admin …`: what an administrator does from a terminal, on the machine of the server. Exit codes: 0 done, 1 cannot be
 * done, 2 asked for in a way that is not understood. Full numbers and addresses go in, and never come out again.
 */
import { Refusal } from "../problem.ts";
import { createActs } from "./acts.ts";
import { terminalActor } from "./audit.ts";
import { AUDIT_COMMANDS } from "./audit_commands.ts";
import { AdminError, parseCommand, UsageError } from "./command.ts";
import type { AdminDeps } from "./command.ts";
import { KEY_COMMANDS } from "./key_commands.ts";
import { PEOPLE_COMMANDS } from "./people_commands.ts";

const EXIT = { done: 0, failed: 1, usage: 2 } as const;

const USAGE = `Usage: bun run admin COMMAND

  user add --name NAME --phone +12025550101 --email ann@example.org
                                 adds a person and prints their id
  user list                      everybody: id, last two digits, state, role, name
  user suspend   --phone|--id X  signs the person out everywhere and keeps them out
  user unsuspend --phone|--id X  lets them in again
  user reset     --phone|--id X  voids their code, and lets them ask for one at once
  user delete    --phone|--id X --yes
                                 deletes their account, as they could themselves
  user role      --phone|--id X --role admin|member
                                 who may use the page for administrators
  connect --phone|--id A --phone|--id B
                                 makes two people contacts of one another

  sessions list   --phone|--id X where the person is signed in
  sessions revoke --phone|--id X [--session ID]
                                 signs them out there, or everywhere

  keys list                      which key writes, which only read, and how many people are under each
  keys new                       makes a key that can take over
  keys reseal                    seals everything again under the newest key, while instances run

  audit list [--limit N]         what administrators did, newest first

Phone numbers are written with their country code.`;

const COMMANDS = new Map([...PEOPLE_COMMANDS, ...KEY_COMMANDS, ...AUDIT_COMMANDS]);

/** Carries out `args` (what follows `admin`) and resolves to the exit code. Rejects only on faults, such as no database. */
export async function runAdmin(args: readonly string[], deps: AdminDeps): Promise<number> {
  try {
    const { values, positionals } = parseCommand(args);
    const command = COMMANDS.get(positionals.join(" "));
    if (values.help === true || positionals.length === 0) deps.print(USAGE);
    else if (command === undefined) throw new UsageError(`There is no command "${positionals.join(" ")}".`);
    else await command(values, { ...deps, acts: createActs(deps, terminalActor()) });
    return EXIT.done;
  } catch (error) {
    if (error instanceof UsageError) {
      deps.complain(`${error.message}\n\n${USAGE}`);
      return EXIT.usage;
    }
    const reason = reasonOf(error);
    if (reason === null) throw error;
    deps.complain(reason);
    return EXIT.failed;
  }
}

/** The sentence for the administrator; null for a fault that is none of their doing. */
function reasonOf(error: unknown): string | null {
  if (error instanceof Refusal) return error.toProblem().message;
  return error instanceof AdminError ? error.message : null;
}
