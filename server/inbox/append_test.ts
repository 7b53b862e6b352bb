import { afterAll, beforeAll, expect, test } from "bun:test";
import type { TransactionSql } from "postgres";
import type { UserId } from "#protocol/ids.ts";
import { makePair } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { appendTo, lockHeads, NOTHING_APPENDED, storeRows } from "./append.ts";
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
      alongside: [renaming(tx, bob), growing(tx, bob)],
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
    return storeRows(tx, [], { heads, at: NOW, origin: "a test", alongside: [renaming(tx, bob)] });
  });
  expect(appended).toEqual(NOTHING_APPENDED);
  expect(await nameAndHead(bob)).toEqual({ name: "went along", head: 0 });
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

function renaming(tx: TransactionSql, user: UserId) {
  return tx`renamed as (update users set name = 'went along' where id = ${user})`;
}

function growing(tx: TransactionSql, user: UserId) {
  return tx`grown as (update inbox_heads set head = 7 where user_id = ${user})`;
}

async function nameAndHead(user: UserId) {
  const [row] = await database.db`
    select name, head from users join inbox_heads on user_id = id where id = ${user}`;
  return { ...row };
}
