/** The administrator's commands in a terminal: without a bus. */
import type { Logger } from "pino";
import type { Sql } from "postgres";
import { createDeletion } from "../account/deletion.ts";
import { createAccountThrottle } from "../account/throttle.ts";
import { createCodes } from "../auth/codes.ts";
import type { Keys } from "../auth/keys.ts";
import type { KeyFile } from "../auth/keys_file.ts";
import { createSessions } from "../auth/sessions.ts";
import type { OnEnded } from "../auth/sessions.ts";
import { createThrottle } from "../auth/throttle.ts";
import type { ThrottleDeps } from "../auth/throttle.ts";
import { systemClock } from "../clock.ts";
import { createPresence } from "../presence/presence.ts";
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
  log: Logger;
  /** Gets the answer, line by line. */
  print: (line: string) => void;
}

/** Resolves to the exit code. */
export function runInTerminal(
  args: readonly string[],
  { store, limits, onEnded, log, ...deps }: TerminalDeps,
): Promise<number> {
  const { keys } = deps;
  const common = {
    ...deps,
    clock: systemClock,
    sessions: createSessions({ store, clock: systemClock, onEnded }),
    codes: createCodes({ store, keys }),
    throttle: createThrottle({ store, keys, limits }),
    // What was appended waits in the outbox, and running instances sweep it.
    appended: () => {},
  };
  const deletion = createDeletion({
    ...common,
    log,
    // Nobody is connected here, so there is nobody to announce anything to.
    presence: createPresence({ store, clock: systemClock, log, announce: async () => {} }),
    accountThrottle: createAccountThrottle({ store }),
  });
  return runAdmin(args, {
    ...common,
    deletion,
    roster: () => readRoster(store),
    complain: (line) => process.stderr.write(`${line}\n`),
  });
}
