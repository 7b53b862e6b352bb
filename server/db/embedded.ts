/**
 * Postgres without installing it: real binaries, real durability, on a unix socket that only this user can open. The
 * first process on a folder owns the server, starts it again should it be killed, and takes it down at its end; another
 * one on the same folder (`bun run admin` while the product runs) borrows it. An owner that died leaves a Postgres that is
 * just about to stop: whoever comes next waits for that and starts its own.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "pino";
import { ensureCluster } from "./initdb.ts";
import { claim, lookAt } from "./occupancy.ts";
import { preparePlace } from "./place.ts";
import type { Place } from "./place.ts";
import { startGuarded } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";

const USER = "parley";
/** The one that initdb makes. */
const DATABASE = "postgres";
/** Crash recovery included, and the end of the server before. */
const START_WITHIN_MS = 60_000;
const START_AGAIN_MS = 500;
const POLL_MS = 20;

const SETTINGS = {
  listen_addresses: "",
  unix_socket_permissions: "0700",
  max_connections: "60",
  shared_buffers: "64MB",
  jit: "off",
  // Rows hold what people wrote: errors go to the log without the row or the statement.
  log_error_verbosity: "terse",
  log_min_error_statement: "panic",
};

/** What another starter's lock, or children of a killed Postgres that are still leaving, make it say. */
const OCCUPIED = /lock file .* already exists|pre-existing shared memory block/;

export interface EmbeddedPostgres {
  /** For `connect`. */
  url: string;
  /** False when another process runs it: then `close` leaves it alone. */
  owned: boolean;
  /** Disconnects everyone and stops the server, when owned. */
  close(): Promise<void>;
}

export interface EmbeddedOptions {
  /** Folder of everything embedded; Postgres gets `postgres` in it. */
  dataDir: string;
  log: Logger;
}

/** Starts Postgres on the folder, or joins the one that runs there. Throws one sentence when neither works. */
export async function openEmbeddedPostgres({ dataDir, log }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = preparePlace(dataDir);
  const url = `postgres://${USER}@localhost/${DATABASE}?host=${encodeURIComponent(place.socketFolder)}`;
  const postmaster = await startOrJoin(place, log);
  if (postmaster === "joined") return { url, owned: false, close: () => Promise.resolve() };
  return { url, owned: true, close: keepRunning(postmaster, { place, log }) };
}

async function startOrJoin(place: Place, log: Logger): Promise<Postmaster | "joined"> {
  const deadlineAt = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadlineAt) {
    const occupancy = lookAt(place);
    if (occupancy === "served") return "joined";
    if (occupancy === "free") {
      await ensureCluster(place, { username: USER });
      const postmaster = await start(place, log);
      if (postmaster !== null) return postmaster;
    }
    await Bun.sleep(POLL_MS);
  }
  throw new Error(
    `The Postgres that runs in ${place.folder} neither answers nor stops. End it, then start again.`,
  );
}

/** Null when another starter was faster. */
async function start(place: Place, log: Logger): Promise<Postmaster | null> {
  const settings = { ...SETTINGS, unix_socket_directories: place.socketFolder };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = place.runner.wrap([place.binaries.postgres, "-D", place.cluster, ...options]);
  const postmaster = startGuarded(command, { log });
  for (;;) {
    if (claim(place, postmaster.pid)) return postmaster;
    const lastWords = await Promise.race([postmaster.ended, Bun.sleep(POLL_MS).then(() => null)]);
    if (lastWords === null) continue;
    if (OCCUPIED.test(lastWords)) return null;
    const version = (await readFile(join(place.cluster, "PG_VERSION"), "utf8")).trim();
    throw new Error(
      `The embedded Postgres in ${place.folder} did not start (its database is of Postgres ${version}):\n${lastWords}`,
    );
  }
}

/** Starts it again whenever it ends by itself. Returns what ends both. */
function keepRunning(first: Postmaster, { place, log }: { place: Place; log: Logger }) {
  let postmaster = first;
  let closed = false;

  async function watch() {
    for (;;) {
      const lastWords = await postmaster.ended;
      if (closed) return;
      log.error({ postgres: lastWords }, "the embedded Postgres ended by itself; starting it again");
      postmaster = await startAgain();
      if (closed) await postmaster.stop();
    }
  }

  async function startAgain(): Promise<Postmaster> {
    for (;;) {
      try {
        const next = await start(place, log);
        if (next !== null) return next;
      } catch (error) {
        log.fatal({ err: error }, "the embedded Postgres does not start");
      }
      await Bun.sleep(START_AGAIN_MS);
    }
  }

  const watching = watch();
  return async () => {
    closed = true;
    await postmaster.stop();
    await watching;
  };
}
