/** The drill: dump, lose everything, restore, by the very scripts that run in the cluster, on a Postgres of their own. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { randomUUID } from "node:crypto";
import { existsSync, readdirSync } from "node:fs";
import { chown, cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(import.meta.dir, "../..");
const SCRIPTS = join(import.meta.dir, "components/backup");
/** Postgres refuses to run as root; nobody's id is the same on every Linux. */
const NOBODY = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : null;
const KEEP = 3;

let folder = "";
let backups = "";
let url = "";
let server: Bun.Subprocess;

beforeAll(async () => {
  // A short path: a unix socket's may have about a hundred characters.
  folder = await mkdtemp("/tmp/pg-");
  backups = join(folder, "backups");
  await mkdir(backups);
  await cp(SCRIPTS, join(folder, "scripts"), { recursive: true });
  if (NOBODY !== null) for (const path of [folder, backups]) await chown(path, NOBODY.uid, NOBODY.gid);
  const data = join(folder, "data");
  await command([
    tool("initdb"),
    "--no-sync",
    "--auth=trust",
    "--username=postgres",
    "--encoding=UTF8",
    "--locale=C",
    data,
  ]);
  server = Bun.spawn(
    [tool("postgres"), "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
    {
      ...NOBODY,
      stdio: ["ignore", "ignore", "pipe"],
    },
  );
  await started(server.stderr as ReadableStream<Uint8Array>);
  // As the first start of the component does: the owner of the database is nobody else.
  await sql("create role parley login", "postgres");
  await sql("create database parley owner parley", "postgres");
  url = `postgres://parley@localhost/parley?host=${folder}`;
  await migrate();
  await sql(`insert into users (id, name, phone_index, phone_sealed, email_index, email_sealed, created_at)
    select gen_random_uuid(), 'person ' || n, decode(md5(n::text), 'hex'), 'p', decode(md5(n::text), 'hex'), 'e', now()
    from generate_series(1, 50) n`);
  await sql(`insert into messages (conversation_id, seq, sender_id, recipient_id, cid, body, sent_at, sender_cursor)
    select '${randomUUID()}', n, gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), E'CREATE SCHEMA public;\\n\\\\. \\\\' || n, now(), n
    from generate_series(1, 500) n`);
}, 60_000);

afterAll(async () => {
  server.kill("SIGINT");
  await server.exited;
  await rm(folder, { recursive: true });
});

test("everything lost comes back, with a new epoch, as often as it must", async () => {
  const [before, epoch] = [await contents(), await sql("select epoch from log")];
  expect(await script("backup.sh")).toContain("Backed up to parley-");

  await sql("drop schema public cascade");
  expect(await script("restore.sh")).toContain("Restored parley-");
  expect(await contents()).toEqual(before);
  const restored = await sql("select epoch from log");
  expect(restored).not.toBe(epoch);

  // From a database that was itself restored, and over one that is full.
  await rm(join(backups, dumps()[0] ?? ""));
  await script("backup.sh");
  await sql("delete from messages");
  await script("restore.sh");
  expect(await contents()).toEqual(before);
  expect(await sql("select epoch from log")).not.toBe(restored);
  // The schema is still the one that the migrations made.
  await migrate();
}, 60_000);

test("while an instance is connected nothing is restored", async () => {
  await script("backup.sh");
  const before = await contents();
  const epoch = await sql("select epoch from log");
  const instance = Bun.spawn([tool("psql"), "--no-psqlrc", url], {
    env: { PGAPPNAME: "parley", PATH: process.env["PATH"] },
    ...NOBODY,
    stdio: ["pipe", "pipe", "ignore"],
  });
  instance.stdin.write("\\echo connected\n");
  await instance.stdin.flush();
  await instance.stdout.getReader().read();
  await expect(script("restore.sh")).rejects.toThrow("Stop the instances first");
  expect(await contents()).toEqual(before);
  expect(await sql("select epoch from log")).toBe(epoch);
  instance.stdin.end();
  await instance.exited;
}, 30_000);

test("a damaged dump changes nothing, also when it is found out half-way", async () => {
  await script("backup.sh");
  const [before, epoch] = [await contents(), await sql("select epoch from log")];
  const whole = await Bun.file(join(backups, dumps().at(-1) ?? "")).bytes();
  for (const bytes of [whole.length - 200, whole.length / 2, 100]) {
    await Bun.write(join(backups, "damaged.dump"), whole.slice(0, bytes));
    await expect(script("restore.sh", { BACKUP_FILE: "damaged.dump" })).rejects.toThrow();
    expect(await contents()).toEqual(before);
    expect(await sql("select epoch from log")).toBe(epoch);
  }
  await rm(join(backups, "damaged.dump"));
}, 60_000);

test("a dump without the tables of Parley is thrown away, and older ones stay", async () => {
  const kept = dumps();
  await sql("create database other owner parley", "postgres");
  await expect(script("backup.sh", { DATABASE_URL: url.replace("/parley?", "/other?") })).rejects.toThrow(
    "lacks the table",
  );
  expect(readdirSync(backups).toSorted()).toEqual(kept);
}, 30_000);

test("only the newest dumps are kept", async () => {
  for (const day of [1, 2, 3, 4, 5])
    await Bun.write(join(backups, `parley-2020010${day}T000000Z.dump`), "old");
  await Bun.write(join(backups, "notes.txt"), "not a dump");
  await script("backup.sh");
  expect(dumps()).toHaveLength(KEEP);
  expect(dumps().at(-1)).toStartWith(`parley-${new Date().getUTCFullYear()}`);
  expect(existsSync(join(backups, "notes.txt"))).toBe(true);
}, 30_000);

/** Names of the dumps, oldest first. */
function dumps(): string[] {
  return readdirSync(backups)
    .filter((name) => name.endsWith(".dump"))
    .toSorted();
}

function tool(name: string): string {
  const folder = process.env["POSTGRES_BIN"];
  if (!folder) throw new Error("POSTGRES_BIN names no folder; the gate sets it.");
  return join(folder, name);
}

async function script(name: string, env: Record<string, string> = {}): Promise<string> {
  const path = `${process.env["POSTGRES_BIN"]}:${process.env["PATH"]}`;
  return command(["sh", join(folder, "scripts", name)], {
    PATH: path,
    // Whatever folder this run was given, nobody may not write there.
    TMPDIR: folder,
    DATABASE_URL: url,
    BACKUP_DIR: backups,
    BACKUP_KEEP: String(KEEP),
    ...env,
  });
}

async function migrate(): Promise<void> {
  const key = `k1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`;
  const child = Bun.spawn([process.execPath, "server/main.ts", "migrate"], {
    cwd: ROOT,
    env: { PATH: process.env["PATH"], DATABASE_URL: url, PARLEY_KEYS: key },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const errors = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(errors);
}

function sql(query: string, role = "parley", database = role): Promise<string> {
  const where = `postgres://${role}@localhost/${database}?host=${folder}`;
  return command([
    tool("psql"),
    "--no-psqlrc",
    "--quiet",
    "--tuples-only",
    "--no-align",
    "--set=ON_ERROR_STOP=1",
    where,
    "--command",
    query,
  ]);
}

/** A sum over all that people would miss. */
function contents(): Promise<string> {
  return sql(`select (select md5(string_agg(u::text, ',' order by id)) from users u), (select count(*) from users),
    (select md5(string_agg(m::text, ',' order by seq)) from messages m), (select count(*) from messages),
    (select string_agg(relname, ',' order by relname) from pg_class where relnamespace = 'public'::regnamespace)`);
}

async function command(argv: string[], env: Record<string, string> = {}): Promise<string> {
  const child = Bun.spawn(argv, {
    env: { ...process.env, ...env },
    ...NOBODY,
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${errors}`);
  return output.trim();
}

async function started(log: ReadableStream<Uint8Array>): Promise<void> {
  let text = "";
  for await (const chunk of log) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("ready to accept connections")) return;
  }
  throw new Error(`Postgres did not start:\n${text}`);
}
