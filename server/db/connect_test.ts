import { afterAll, beforeAll, expect, test } from "bun:test";
import { startProxy } from "../testing/proxy.ts";
import { until } from "../testing/until.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { connect } from "./connect.ts";

/** Less than one attempt to connect that comes to nothing. */
const BACK_WITHIN_MS = 4_000;
const AT = Date.UTC(2026, 10, 22, 10, 0, 0, 123);

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ migrated: false });
});
afterAll(() => database.close());

test("moments and 8-byte integers are numbers, in rows and in parameters", async () => {
  const [row] = await database.db`
    select ${AT}::timestamptz as at, ${AT}::timestamptz = '2026-11-22 10:00:00.123+00' as same, ${2 ** 53 - 1}::int8 as big,
      count(*) as counted`;
  expect(row).toEqual({ at: AT, same: true, big: 2 ** 53 - 1, counted: 1 });
});

test("arrays of them, of uuids and of texts go through unnest unharmed", async () => {
  const ids = [crypto.randomUUID(), crypto.randomUUID()];
  const texts = ['a "quoted", {braced} \\ text', "NULL"];
  const rows = await database.db`
    select * from unnest(${[AT, AT + 1]}::timestamptz[], ${ids}::uuid[], ${[1, 2]}::int8[], ${texts}::text[])
      as v (at, id, seq, text)`;
  expect([...rows]).toEqual([
    { at: AT, id: ids[0], seq: 1, text: texts[0] },
    { at: AT + 1, id: ids[1], seq: 2, text: texts[1] },
  ]);
});

test("an empty array is no rows, a null in an array is null", async () => {
  const none: number[] = [];
  const [row] = await database.db`
    select (select count(*) from unnest(${none}::timestamptz[])) as none,
      (select count(*) from unnest(${[null, AT]}::timestamptz[]) as at where at is null) as nulls`;
  expect(row).toEqual({ none: 0, nulls: 1 });
});

test("statements are planned by indexes, also on an empty table, also for many rows", async () => {
  await database.db`create table planned (id int primary key, body text)`;
  const plan = async () => {
    const rows = await database.db`
      explain select p.body from unnest(${[1, 2]}::int[]) as wanted (id) join planned p using (id)`;
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  expect(await plan()).toContain("Index Scan using planned_pkey");
  await database.db`insert into planned select n, 'text' from generate_series(1, 20000) as n`;
  await database.db`analyze planned`;
  expect(await plan()).toContain("Index Scan using planned_pkey");
});

test("no statement is compiled, not even one that has to read all of a table", async () => {
  await database.db`create table read_whole (body text)`;
  const rows = await database.db`explain (analyze) select count(*) from read_whole where body like '%a%'`;
  expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).not.toContain("JIT:");
  expect(await database.db`show jit`).toMatchObject([{ jit: "off" }]);
});

test("a statement that takes too long is cancelled", async () => {
  // Long enough for what the client asks first on a busy machine.
  const db = connect(database.url, { maxConnections: 1, statementTimeoutMs: 500 });
  await expect(db`select pg_sleep(60)`.execute()).rejects.toMatchObject({ code: "57014" });
  await db.end();
});

test("queries work again by themselves after the connection was cut", async () => {
  const db = connect(database.url, { maxConnections: 1 });
  const [me] = await db<{ pid: number }[]>`select pg_backend_pid() as pid`;
  await database.db`select pg_terminate_backend(${me?.pid ?? 0}, 5000)`;
  // The first queries may still meet what is left of the old connection.
  await until(() =>
    db`select 1 as one`.then(
      ([row]) => row?.["one"] === 1,
      () => false,
    ),
  );
  await db.end();
});

test("a connection that breaks in the middle of a transaction is back at once, and in step with its answers", async () => {
  const address = new URL(database.url);
  const proxy = await startProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  const db = connect(address.href, { maxConnections: 1 });
  for (let round = 0; round < 3; round += 1) {
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const broken = db.begin(async (tx) => {
      await tx`select 1`;
      resolve();
      await Promise.all([tx`select pg_sleep(60)`, tx`select 2`]);
    });
    broken.catch(() => {});
    await begun;
    proxy.cut();
    await expect(broken).rejects.toThrow();
    proxy.mend();
    const mendedAt = performance.now();
    await until(() =>
      db
        .begin(async (tx) => tx<{ round: number }[]>`select ${round}::int4 as round`)
        .then(
          ([row]) => row?.round === round,
          () => false,
        ),
    );
    expect(performance.now() - mendedAt).toBeLessThan(BACK_WITHIN_MS);
  }
  await db.end();
  await proxy.close();
});

test("a connection that nobody answers any more is given up when the server would have cancelled the statement", async () => {
  const address = new URL(database.url);
  const proxy = await startProxy({ host: address.hostname, port: Number(address.port) });
  address.port = String(proxy.port);
  const db = connect(address.href, { maxConnections: 1, statementTimeoutMs: 2_000 });
  await db`select 1`;
  proxy.freeze();
  const answers = await Promise.allSettled([db`select 2`.execute(), db.begin((tx) => tx`select 3`)]);
  for (const answer of answers) {
    expect(answer).toMatchObject({ status: "rejected", reason: { code: "CONNECTION_CLOSED" } });
  }
  proxy.thaw();
  await until(() =>
    db<{ four: number }[]>`select 4 as four`.then(
      ([row]) => row?.four === 4,
      () => false,
    ),
  );
  // While the server is at work there is silence too, and a transaction may wait between its statements.
  await db.begin(async (tx) => {
    for (let statement = 0; statement < 3; statement++) await tx`select pg_sleep(1.2)`;
  });
  await db.end();
  await proxy.close();
});

test("a query rejects when there is no Postgres", async () => {
  const db = connect("postgres://nobody@127.0.0.1:1/none", { maxConnections: 1 });
  await expect(db`select 1`.execute()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await db.end();
});
