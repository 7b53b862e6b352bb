/** Makes an empty database: into a folder aside, then renamed, so that what is cut short never looks like one. */
import { existsSync } from "node:fs";
import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "./occupancy.ts";
import type { Place } from "./place.ts";
import { POSTGRES_ENV } from "./postmaster.ts";

/** A database in the making; the id of the process that makes it follows. */
const FRESH_PREFIX = "new.";

export interface InitOptions {
  /** Name of the superuser. */
  username: string;
}

/** Does nothing when there is a database, also when another starter made it meanwhile. */
export async function ensureCluster(place: Place, { username }: InitOptions): Promise<void> {
  const { folder, cluster } = place;
  if (existsSync(cluster)) return;
  await removeAbandoned(folder);
  const fresh = join(folder, `${FRESH_PREFIX}${process.pid}.${crypto.randomUUID()}`);
  await runInitdb(place, [`--pgdata=${fresh}`, `--username=${username}`]);
  try {
    await rename(fresh, cluster);
  } catch (error) {
    if (!existsSync(cluster)) throw error;
    await rm(fresh, { recursive: true });
  }
}

async function runInitdb({ binaries, runner, folder }: Place, options: string[]) {
  const command = [
    binaries.initdb,
    ...options,
    // The socket's folder is closed to everybody else.
    "--auth=trust",
    "--encoding=UTF8",
    // The same order and letters on every system, whatever locales it has.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ];
  const child = Bun.spawn(runner.wrap(command), {
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    cwd: "/",
    env: POSTGRES_ENV,
  });
  const words = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(`initdb could not make a database in ${folder}:\n${words}`);
}

/** What starters left that were killed in the middle of it. */
async function removeAbandoned(folder: string) {
  for (const name of await readdir(folder)) {
    const pid = Number(name.split(".")[1]);
    if (name.startsWith(FRESH_PREFIX) && !isAlive(pid)) await rm(join(folder, name), { recursive: true });
  }
}
