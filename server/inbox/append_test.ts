import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Fragment, TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import type { Db } from "../db/connect.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { appendTo, lockHeads, NOTHING_APPENDED, storeRows, storeRowsIf } from "./append.ts";
import type { Head, Heads, Was } from "./append.ts";
import type { EventBody } from "./events.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const YESTERDAY = NOW - 24 * 60 * 60 * 1_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [YESTERDAY, NOW] });
});
afterAll(() => database.close());

test("what goes along is written with the rows, in one statement", async () => {
  const { alice, bob, conversation } = await makePair(database.db);
  const body: EventBody = { kind: "mark", mark: "read", conversation, user: bob, seq: 3 };
  await database.db.begin(async (tx) => {
    const heads = await lockHeads(tx, [alice]);
    const rows = appendTo(heads, [alice], { body, at: NOW });
    return storeRows(tx, rows, {
      heads,
      at: NOW,
      origin: "a test",
      alongside: (holds) => [renaming(tx, { user: bob, holds }), growing(tx, { user: bob, holds })],
    });
  });
  expect(await database.db`select kind, seq, cursor from inbox where user_id = ${alice}`).toMatchObject([
    { kind: "read", seq: 3, cursor: 1 },
  ]);
  expect(await nameAndHead(bob)).toEqual({ name: "went along", head: 7 });
});

test("what goes along is written where no inbox grows", async () => {
  const { bob } = await makePair(database.db);
  const appended = await database.db.begin(async (tx) => {
    const heads = await lockHeads(tx, [bob]);
    return storeRows(tx, [], {
      heads,
      at: NOW,
      origin: "a test",
      alongside: (holds) => [renaming(tx, { user: bob, holds })],
    });
  });
  expect(appended).toEqual(NOTHING_APPENDED);
  expect(await nameAndHead(bob)).toEqual({ name: "went along", head: 0 });
});

test("without a transaction all is written if every head is where it was, and else nothing", async () => {
  const { alice, bob, conversation } = await makePair(database.db);
  const body: EventBody = { kind: "mark", mark: "read", conversation, user: bob, seq: 1 };
  const write = (was: ReadonlyMap<UserId, Was>) => {
    const heads: Heads = new Map([alice, bob].map((user) => [user, headAt(was.get(user)?.head ?? 0)]));
    const rows = appendTo(heads, [alice, bob], { body, at: NOW });
    const alongside = (holds: Fragment) => [renaming(database.db, { user: bob, holds })];
    return storeRowsIf(database.db, rows, { was, heads, at: NOW, origin: "a test", alongside });
  };
  const wrong: [Was, Was][] = [
    [
      { head: 0, received: null },
      { head: 1, received: null },
    ],
    [
      { head: 1, received: null },
      { head: 0, received: null },
    ],
    [
      { head: 0, received: 0 },
      { head: 0, received: 1 },
    ],
  ];
  for (const [alices, bobs] of wrong) {
    expect(
      await write(
        new Map([
          [alice, alices],
          [bob, bobs],
        ]),
      ),
    ).toBeNull();
  }
  expect(await database.db`select from inbox where user_id in (${alice}, ${bob})`).toHaveLength(0);
  expect(await database.db`select from bus_outbox where ${alice} = any(grown_users)`).toHaveLength(0);
  expect(await nameAndHead(bob)).toMatchObject({ name: `User ${bob.slice(0, 4)}`, head: 0 });

  const appended = await write(
    new Map([
      [alice, { head: 0, received: null }],
      [bob, { head: 0, received: 0 }],
    ]),
  );
  expect(appended?.rows.map(({ user, cursor }) => [user, cursor])).toEqual([
    [alice, 1],
    [bob, 1],
  ]);
  expect(await nameAndHead(bob)).toEqual({ name: "went along", head: 1 });
  const outbox = await database.db`select id from bus_outbox where ${alice} = any(grown_users)`;
  expect(outbox.map(({ id }) => id)).toEqual([appended?.outboxId]);
});

test("heads that somebody else holds are waited for, and then asked where they are by now", async () => {
  const { alice, bob, conversation } = await makePair(database.db);
  const { promise: release, resolve } = Promise.withResolvers<void>();
  const { promise: locked, resolve: isLocked } = Promise.withResolvers<void>();
  const body: EventBody = { kind: "mark", mark: "read", conversation, user: bob, seq: 1 };
  const faster = database.db.begin(async (tx) => {
    const heads = await lockHeads(tx, [bob]);
    isLocked();
    await release;
    return storeRows(tx, appendTo(heads, [bob], { body, at: NOW }), { heads, at: NOW, origin: "a test" });
  });
  await locked;
  const was = new Map([alice, bob].map((user) => [user, { head: 0, received: null }]));
  const heads: Heads = new Map([alice, bob].map((user) => [user, headAt(0)]));
  const rows = appendTo(heads, [alice, bob], { body, at: NOW });
  const slower = storeRowsIf(database.db, rows, { was, heads, at: NOW, origin: "a test" });
  await waitedFor();
  resolve();
  await faster;
  expect(await slower).toBeNull();
  expect(await nameAndHead(alice)).toMatchObject({ head: 0 });
  expect(await nameAndHead(bob)).toMatchObject({ head: 1 });
});

test("a row keeps the moment that it is of, to the millisecond", async () => {
  const { alice, bob, conversation } = await makePair(database.db);
  const body: EventBody = { kind: "mark", mark: "read", conversation, user: bob, seq: 1 };
  await database.db.begin(async (tx) => {
    const heads = await lockHeads(tx, [alice]);
    const rows = [YESTERDAY + 1, NOW + 999].flatMap((at) => appendTo(heads, [alice], { body, at }));
    return storeRows(tx, rows, { heads, at: NOW, origin: "a test" });
  });
  const rows = await database.db`select at from inbox where user_id = ${alice} order by cursor`;
  expect(rows.map((row) => row["at"])).toEqual([YESTERDAY + 1, NOW + 999]);
});

interface Along {
  user: UserId;
  holds: Fragment;
}

function renaming(db: Db | TransactionSql, { user, holds }: Along) {
  return db`renamed as (update users set name = 'went along' where id = ${user} and ${holds})`;
}

function growing(db: Db | TransactionSql, { user, holds }: Along) {
  return db`grown as (update inbox_heads set head = 7 where user_id = ${user} and ${holds})`;
}

function headAt(head: number): Head {
  return { head, received: 0, attended: 0, newestCid: newCid(), moved: false };
}

/** Resolves when some statement waits for a lock in this database. */
async function waitedFor(): Promise<void> {
  for (;;) {
    const waiting = await database.db`
      select from pg_locks l join pg_stat_activity a using (pid)
      where not l.granted and a.datname = current_database()`;
    if (waiting.length > 0) return;
  }
}

async function nameAndHead(user: UserId) {
  const [row] = await database.db`
    select name, head from users join inbox_heads on user_id = id where id = ${user}`;
  return { ...row };
}
