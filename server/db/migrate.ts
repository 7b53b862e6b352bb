/**
 * Migrations: numbered SQL files, each applied once, in order, in a transaction of its own, under a lock that one
 * starter at a time holds. The lock is polled: waiting inside Postgres would be a transaction that a concurrent index
 * build has to wait for, a deadlock.
 */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReservedSql } from "postgres";
import { HOME } from "../home.ts";
import { StartError } from "../start_error.ts";
import type { Db } from "./connect.ts";

const FOLDER = join(HOME, "server/db/migrations");
/** Any number, as long as nothing else locks it. */
const LOCK = 7_205_391;
const LOCK_POLL_MS = 100;
/** Longer than any sane migration: another starter may be at work. */
const LOCK_WITHIN_MS = 10 * 60 * 1_000;

interface Migration {
  number: number;
  name: string;
  sql: string;
  checksum: string;
}

interface Applied {
  number: number;
  name: string;
  checksum: string;
}

export interface MigrateOptions {
  /** Folder of the SQL files. */
  folder?: string;
}

/** Database and program do not fit. The message says which side is behind and what to do. */
class SchemaError extends StartError {
  override name = "SchemaError";
}

/** Brings the schema up to date and returns the names of what was applied. Racing starters wait for one another. */
export async function migrate(db: Db, { folder = FOLDER }: MigrateOptions = {}): Promise<string[]> {
  const migrations = await readMigrations(folder);
  const connection = await db.reserve();
  try {
    await checkEncoding(connection);
    await lock(connection);
    try {
      return await applyMissing(connection, migrations);
    } finally {
      await connection`select pg_advisory_unlock(${LOCK})`;
    }
  } finally {
    connection.release();
  }
}

/**
 * Resolves when the database has the migrations of this build, unchanged; throws a SchemaError otherwise. It may have newer
 * ones: migrations run before a rollout, and each keeps the build before it working.
 */
export async function checkSchema(db: Db, { folder = FOLDER }: MigrateOptions = {}): Promise<void> {
  const migrations = await readMigrations(folder);
  const [table] = await db<{ exists: boolean }[]>`select to_regclass('migrations') is not null as exists`;
  const applied = table?.exists === true ? await readApplied(db) : [];
  const [missing] = missingOf(migrations, applied);
  if (missing === undefined) return;
  throw new SchemaError(`The database lacks migration ${missing.name}. Run \`bun run migrate\` first.`);
}

/** In another encoding Postgres would keep what people write, but not find it: it cannot fold letters that it does not know. */
async function checkEncoding(connection: ReservedSql) {
  const [row] = await connection<
    { encoding: string }[]
  >`select current_setting('server_encoding') as encoding`;
  if (row?.encoding === "UTF8") return;
  throw new SchemaError(
    `The database keeps its text as ${row?.encoding}, and Parley needs UTF8. Make it anew with \`encoding 'UTF8' template template0\`.`,
  );
}

async function lock(connection: ReservedSql) {
  const deadlineAt = Date.now() + LOCK_WITHIN_MS;
  for (;;) {
    const [row] = await connection<{ locked: boolean }[]>`select pg_try_advisory_lock(${LOCK}) as locked`;
    if (row?.locked === true) return;
    if (Date.now() > deadlineAt) throw new SchemaError("Another process has been migrating for too long.");
    await Bun.sleep(LOCK_POLL_MS);
  }
}

async function applyMissing(connection: ReservedSql, migrations: Migration[]) {
  await connection`
    create table if not exists migrations (
      number int primary key,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default now()
    )`;
  const missing = missingOf(migrations, await readApplied(connection));
  for (const migration of missing) await apply(connection, migration);
  return missing.map((migration) => migration.name);
}

async function apply(connection: ReservedSql, { number, name, sql, checksum }: Migration) {
  await connection`begin`;
  try {
    await connection`set local statement_timeout = 0`;
    await connection.unsafe(sql).simple();
    await connection`insert into migrations (number, name, checksum) values (${number}, ${name}, ${checksum})`;
    await connection`commit`;
  } catch (cause) {
    await connection`rollback`;
    throw new SchemaError(`Migration ${name} failed and was rolled back.`, { cause });
  }
}

function readApplied(db: Db) {
  return db<Applied[]>`select number, name, checksum from migrations order by number`;
}

/** What is still to be applied; newer migrations than this build has are left alone. Throws when one was changed. */
function missingOf(migrations: Migration[], applied: Applied[]) {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const { number, name, checksum } of applied) {
    const migration = known.get(number);
    if (migration !== undefined && migration.checksum !== checksum) {
      throw new SchemaError(
        `Migration ${name} was changed after it had been applied. Restore the file and add a new migration instead.`,
      );
    }
  }
  const numbers = new Set(applied.map((row) => row.number));
  return migrations.filter((migration) => !numbers.has(migration.number));
}

/** In order of their numbers, which count from 1 without a hole. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(
    names.map(async (name, index) => {
      const number = Number.parseInt(name, 10);
      if (number !== index + 1)
        throw new SchemaError(`Migration ${name} should have the number ${index + 1}.`);
      const sql = await readFile(join(folder, name), "utf8");
      return { number, name, sql, checksum: new Bun.CryptoHasher("sha256").update(sql).digest("hex") };
    }),
  );
}
