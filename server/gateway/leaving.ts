/**
 * Shortens the presence leases of connections that have closed, so many at a time and in the order in which they closed. All may
 * break at one moment, because the way to them did: as many calls to the store at once would stand before those of the people
 * who are already coming back, and fill what may wait for it.
 */
import type { Logger } from "pino";
import type { Presence } from "../presence/presence.ts";
import { within } from "../within.ts";
import type { Connection } from "./connection.ts";

const AT_ONCE = 100;
/** A stop waits this long for those that are left. */
const SETTLE_WITHIN_MS = 2_000;

export interface LeavingDeps {
  leave: Presence["leave"];
  log: Logger;
}

export interface Leaving {
  /** The connection has closed. */
  add(connection: Leaver): void;
  /** Resolves when nobody is left to be seen to, or after some seconds: a lease that was not shortened ends by itself. */
  settled(): Promise<void>;
}

type Leaver = Pick<Connection, "user" | "id" | "deviceState">;

export function createLeaving({ leave, log }: LeavingDeps): Leaving {
  const waiting = new Set<Leaver>();
  const workers = new Set<Promise<void>>();

  async function work(): Promise<void> {
    for (const connection of waiting) {
      waiting.delete(connection);
      try {
        await leave(connection.user, connection.id, connection.deviceState);
      } catch (error) {
        log.warn({ err: error }, "a presence lease could not be shortened; it ends by itself");
      }
    }
  }

  async function finished(): Promise<void> {
    while (workers.size > 0) await Promise.all(workers);
  }

  return {
    add(connection) {
      waiting.add(connection);
      if (workers.size >= AT_ONCE) return;
      const worker = work().finally(() => workers.delete(worker));
      workers.add(worker);
    },
    async settled() {
      try {
        await within(SETTLE_WITHIN_MS, finished());
      } catch (error) {
        log.warn(
          { err: error, left: waiting.size },
          "presence leases were not shortened; they end by themselves",
        );
      }
    },
  };
}
