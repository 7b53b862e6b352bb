/** The administrator's commands in a terminal: without a bus, and with standard output to answer on. */
import type { Sql } from "postgres";
import { createCodes } from "../auth/codes.ts";
import type { Keys } from "../auth/keys.ts";
import type { KeyFile } from "../auth/keys_file.ts";
import { createSessions } from "../auth/sessions.ts";
import type { OnEnded } from "../auth/sessions.ts";
import { createThrottle } from "../auth/throttle.ts";
import type { ThrottleDeps } from "../auth/throttle.ts";
import { systemClock } from "../clock.ts";
import { readRoster } from "../instances/roster.ts";
import type { Store } from "../store/store.ts";
import { runAdmin } from "./admin.ts";

export interface TerminalDeps {
  db: Sql;
  store: Store;
  keys: Keys;
  limits: ThrottleDeps["limits"];
  /** Null when the environment names the keys. */
  keyFile: KeyFile | null;
  /** Id of this process. */
  origin: string;
  onEnded: OnEnded;
}

/** Resolves to the exit code. */
export function runInTerminal(
  args: readonly string[],
  { store, limits, onEnded, ...deps }: TerminalDeps,
): Promise<number> {
  const { keys } = deps;
  return runAdmin(args, {
    ...deps,
    clock: systemClock,
    sessions: createSessions({ store, clock: systemClock, onEnded }),
    codes: createCodes({ store, keys }),
    throttle: createThrottle({ store, keys, limits }),
    roster: () => readRoster(store),
    // What was appended waits in the outbox, and running instances sweep it.
    appended: () => {},
    print: (line) => process.stdout.write(`${line}\n`),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}
