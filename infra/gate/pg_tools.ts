/** Postgres as Debian packs it, server and tools of one version: what dumps and restores are tested with. */
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canInstall, install } from "./debian.ts";
import { Missing } from "./missing.ts";

const TOOLS = ["initdb", "postgres", "psql", "pg_dump", "pg_restore"];
/** Where Debian keeps each version. */
const DEBIAN = "/usr/lib/postgresql";
/** Keeps the package from making a database of its own, and starting it. */
const NO_CLUSTER = "/etc/postgresql-common/createcluster.conf";

/** The folder that has all of them. */
export async function findPgTools(): Promise<string> {
  const folder = pgToolsFolder();
  if (folder !== null) return folder;
  if (await canInstall()) {
    if (!existsSync(NO_CLUSTER)) {
      await mkdir("/etc/postgresql-common", { recursive: true });
      await writeFile(NO_CLUSTER, "create_main_cluster = false\n");
    }
    await install(["postgresql"]);
  }
  const installed = pgToolsFolder();
  if (installed !== null) return installed;
  throw new Missing(
    "There is no Postgres with its tools: install it (Debian: apt-get install postgresql; macOS: brew install " +
      "postgresql@17), or name the folder of its programs in POSTGRES_BIN.",
  );
}

function pgToolsFolder(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : [];
  const packed = versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => join(DEBIAN, version, "bin"));
  const path = (process.env["PATH"] ?? "").split(":");
  return [...packed, ...path].find((folder) => TOOLS.every((tool) => existsSync(join(folder, tool)))) ?? null;
}
