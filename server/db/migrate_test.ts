import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { connect } from "./connect.ts";
import { checkSchema, migrate } from "./migrate.ts";

/** As clusters are made where no locale is set. */
const ASCII = "encoding 'SQL_ASCII' locale_provider libc locale 'C'";

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await testDatabase({ migrated: false });
  folder = mkdtempSync(join(tmpdir(), "parley-migrations-"));
  write("0001_first.sql", "create table first (id int); insert into first values (1);");
});
afterEach(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

function write(name: string, sql: string) {
  writeFileSync(join(folder, name), sql);
}

test("this build's migrations make the schema that it checks for", async () => {
  await expect(checkSchema(database.db)).rejects.toThrow("lacks migration 0001_start.sql");
  await migrate(database.db);
  expect(await checkSchema(database.db)).toBeUndefined();
});

test("a database in which search would find nothing is refused before anything is made in it", async () => {
  const other = await testDatabase({ migrated: false, encoding: ASCII });
  await expect(migrate(other.db)).rejects.toThrow("keeps its text as SQL_ASCII, and Parley needs UTF8");
  const [made] = await other.db`select to_regclass('migrations') as migrations`;
  expect(made).toEqual({ migrations: null });
  await other.close();
});

test("each migration is applied once, in order", async () => {
  write("0002_second.sql", "alter table first rename to second;");
  expect(await migrate(database.db, { folder })).toEqual(["0001_first.sql", "0002_second.sql"]);
  write("0003_third.sql", "alter table second rename to third;");
  expect(await migrate(database.db, { folder })).toEqual(["0003_third.sql"]);
  expect(await migrate(database.db, { folder })).toEqual([]);
  expect([...(await database.db`select id from third`)]).toEqual([{ id: 1 }]);
});

test("racing starters apply each migration once between them", async () => {
  const pools = [1, 2, 3, 4].map(() => connect(database.url, { maxConnections: 1 }));
  const applied = await Promise.all(pools.map((db) => migrate(db, { folder })));
  expect(applied.flat()).toEqual(["0001_first.sql"]);
  await Promise.all(pools.map((db) => db.end()));
});

test("a migration that fails leaves nothing of itself, and those before it stay", async () => {
  write("0002_broken.sql", "create table half (id int); select 1 / 0;");
  await expect(migrate(database.db, { folder })).rejects.toThrow("Migration 0002_broken.sql failed");
  const [tables] = await database.db`select to_regclass('first') as first, to_regclass('half') as half`;
  expect(tables).toEqual({ first: "first", half: null });
  write("0002_broken.sql", "create table half (id int);");
  expect(await migrate(database.db, { folder })).toEqual(["0002_broken.sql"]);
});

test("a file changed after it was applied is an error, for migrating and for checking", async () => {
  await migrate(database.db, { folder });
  write("0001_first.sql", "create table other (id int);");
  await expect(migrate(database.db, { folder })).rejects.toThrow("0001_first.sql was changed");
  await expect(checkSchema(database.db, { folder })).rejects.toThrow("0001_first.sql was changed");
});

test("a database that a newer build migrated is good for the build before, which leaves it alone", async () => {
  write("0002_newer.sql", "create table newer (n int);");
  await migrate(database.db, { folder });
  unlinkSync(join(folder, "0002_newer.sql"));
  await checkSchema(database.db, { folder });
  expect(await migrate(database.db, { folder })).toEqual([]);
  expect(await database.db`select n from newer`).toHaveLength(0);
});

test("a missing number among the files is an error before anything is applied", async () => {
  write("0003_third.sql", "select 1;");
  await expect(migrate(database.db, { folder })).rejects.toThrow("0003_third.sql should have the number 2");
});
