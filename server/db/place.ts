/** Where an embedded Postgres lives on the disk, and who it runs as. */
import { lchownSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { findBinaries } from "./binaries.ts";
import type { Binaries } from "./binaries.ts";
import { chooseRunner } from "./unprivileged.ts";
import type { Runner } from "./unprivileged.ts";

const SOCKET = ".s.PGSQL.5432";
/** Kernels take 104 (macOS) or 108 (Linux) bytes with the closing zero. */
const SOCKET_PATH_MAX_BYTES = 100;
/** Postgres reads the folder as an item of a list. */
const LIST_SYNTAX = /[",]/;
const OTHERS_MAY_ANYTHING = 0o077;

export interface Place {
  binaries: Binaries;
  runner: Runner;
  /** Belongs to the user that runs Postgres and is closed to others: holds the rest. */
  folder: string;
  /** What Postgres calls its data directory. */
  cluster: string;
  socketFolder: string;
}

/** Makes the folders that are missing. Throws one sentence when Postgres cannot live there. */
export function preparePlace(dataDir: string): Place {
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
  const fits = Buffer.byteLength(join(folder, SOCKET)) <= SOCKET_PATH_MAX_BYTES;
  if (fits && !LIST_SYNTAX.test(folder)) return folder;
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
