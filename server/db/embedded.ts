/**
 * Postgres without installing it: real binaries, real durability, on a unix socket that only this user can open. The
 * first process on a folder owns the server and takes it down at its end; another one on the same folder (`bun run admin`
 * while the product runs) borrows it. An owner that died leaves a Postgres that is just about to stop: whoever comes next
 * waits for that and starts its own.
 */
import { existsSync, lchownSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { readFile, readdir, rename, rm } from "node:fs/promises";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Logger } from "pino";
import { findBinaries } from "./binaries.ts";
import type { Binaries } from "./binaries.ts";
import { claim, isAlive, lookAt } from "./occupancy.ts";
import { POSTGRES_ENV, startGuarded } from "./postmaster.ts";
import type { Postmaster } from "./postmaster.ts";
import { chooseRunner } from "./unprivileged.ts";
import type { Runner } from "./unprivileged.ts";

const USER = "parley";
/** The one that initdb makes. */
const DATABASE = "postgres";
const SOCKET = ".s.PGSQL.5432";
/** A database in the making. */
const FRESH_PREFIX = "new.";
/** Kernels take 104 (macOS) or 108 (Linux) bytes with the closing zero. */
const SOCKET_PATH_MAX_BYTES = 100;
/** Crash recovery included, and the end of the server before. */
const START_WITHIN_MS = 60_000;
const POLL_MS = 20;
const OTHERS_MAY_ANYTHING = 0o077;

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

interface Place {
  binaries: Binaries;
  runner: Runner;
  /** Ours and closed to others: holds the rest. */
  folder: string;
  /** What Postgres calls its data directory. */
  cluster: string;
  socketFolder: string;
}

/** Starts Postgres on the folder, or joins the one that runs there. Throws one sentence when neither works. */
export async function openEmbeddedPostgres({ dataDir, log }: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const place = preparePlace(dataDir);
  const url = `postgres://${USER}@localhost/${DATABASE}?host=${encodeURIComponent(place.socketFolder)}`;
  const deadlineAt = Date.now() + START_WITHIN_MS;
  while (Date.now() < deadlineAt) {
    const occupancy = lookAt(place);
    if (occupancy === "served") return { url, owned: false, close: () => Promise.resolve() };
    if (occupancy === "free") {
      if (!existsSync(place.cluster)) await initialize(place);
      const postmaster = await start(place, log);
      if (postmaster !== null) return { url, owned: true, close: () => postmaster.stop() };
    }
    await Bun.sleep(POLL_MS);
  }
  throw new Error(
    `The Postgres that runs in ${place.folder} neither answers nor stops. End it, then start again.`,
  );
}

function preparePlace(dataDir: string): Place {
  const binaries = findBinaries();
  const wanted = join(dataDir, "postgres");
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  const folder = realpathSync(wanted);
  const runner = chooseRunner({ owner: lstatSync(folder), paths: [binaries.postgres, folder] });
  claimFolder(folder, runner);
  return {
    binaries,
    runner,
    folder,
    cluster: join(folder, "data"),
    socketFolder: chooseSocketFolder(folder, runner),
  };
}

/** The data folder itself where its path fits, else a short one named after it. */
function chooseSocketFolder(folder: string, runner: Runner) {
  const fits = Buffer.byteLength(join(folder, SOCKET)) <= SOCKET_PATH_MAX_BYTES && !/[",]/.test(folder);
  if (fits) return folder;
  const name = createHash("sha256").update(folder).digest("hex").slice(0, 16);
  const short = `/tmp/parley-${name}`;
  mkdirSync(short, { recursive: true, mode: 0o700 });
  claimFolder(short, runner);
  return short;
}

/** Makes sure that the folder belongs to the user that runs Postgres, and to nobody else. */
function claimFolder(folder: string, { ids }: Runner) {
  const uid = ids?.uid ?? process.getuid?.();
  // Never through a symbolic link: in /tmp anybody may have put one.
  if (ids !== null && lstatSync(folder).uid === 0) lchownSync(folder, ids.uid, ids.gid);
  const found = lstatSync(folder);
  if (found.isDirectory() && found.uid === uid && (found.mode & OTHERS_MAY_ANYTHING) === 0) return;
  throw new Error(
    `The folder ${folder} belongs to another user or is open to others. Change its owner or choose another DATA_DIR.`,
  );
}

/** Into a folder aside, then renamed: what is cut short leaves nothing that looks like a database. */
async function initialize({ binaries, runner, folder, cluster }: Place) {
  await removeAbandoned(folder);
  const fresh = join(folder, `${FRESH_PREFIX}${process.pid}.${crypto.randomUUID()}`);
  const child = Bun.spawn(
    runner.wrap([
      binaries.initdb,
      `--pgdata=${fresh}`,
      `--username=${USER}`,
      "--auth=trust",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--locale=C.UTF-8",
      "--no-instructions",
    ]),
    { stdin: "ignore", stdout: "pipe", stderr: "pipe", cwd: "/", env: POSTGRES_ENV },
  );
  const [, words] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  if ((await child.exited) !== 0) throw new Error(`initdb could not make a database in ${folder}:\n${words}`);
  try {
    await rename(fresh, cluster);
  } catch (error) {
    // Another starter was faster.
    if (!existsSync(cluster)) throw error;
    await rm(fresh, { recursive: true });
  }
}

/** What starters left that were killed in the middle of it. */
async function removeAbandoned(folder: string) {
  for (const name of await readdir(folder)) {
    const pid = Number(name.split(".")[1]);
    if (name.startsWith(FRESH_PREFIX) && !isAlive(pid)) await rm(join(folder, name), { recursive: true });
  }
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
