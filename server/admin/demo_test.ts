import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { createKeys } from "../auth/keys.ts";
import { selectAll, selectByPhone } from "../auth/queries.ts";
import { contactsOf } from "../contacts/queries.ts";
import { newNumber } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { seedDemo } from "./demo.ts";
import { addUser } from "./users.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [NOW] });
});

afterAll(() => database.close());

afterEach(async () => {
  await database.db`truncate users cascade`;
});

function seed(): Promise<boolean> {
  return seedDemo({ db: database.db, keys, clock: () => NOW, origin: "a test" });
}

test("an empty database gets Alice and Bob, who are contacts", async () => {
  expect(await seed()).toBe(true);
  const alice = await selectByPhone(database.db, keys.blindIndexes("phone", "+12025550101"));
  const bob = await selectByPhone(database.db, keys.blindIndexes("phone", "+12025550102"));
  expect([alice?.name, bob?.name]).toEqual(["Alice", "Bob"]);
  expect(await contactsOf(database.db, alice?.id ?? ("" as never))).toMatchObject([{ name: "Bob" }]);
});

test("racing and later starts seed nothing more", async () => {
  const seeded = await Promise.all([seed(), seed(), seed()]);
  expect(seeded.filter(Boolean)).toHaveLength(1);
  expect(await seed()).toBe(false);
  expect(await selectAll(database.db)).toHaveLength(2);
});

test("a database with people in it stays as it is", async () => {
  const deps = { db: database.db, keys, clock: () => NOW };
  await addUser(deps, { name: "Ann", phone: newNumber(), email: "ann@example.org" });
  expect(await seed()).toBe(false);
  expect((await selectAll(database.db)).map((account) => account.name)).toEqual(["Ann"]);
});
