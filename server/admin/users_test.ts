import { afterAll, beforeAll, expect, test } from "bun:test";
import { createKeys } from "../auth/keys.ts";
import { selectById } from "../auth/queries.ts";
import { newNumber } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { addUser } from "./users.ts";

const older = { id: "k1", bytes: new Uint8Array(32).fill(1) };
const newer = { id: "k2", bytes: new Uint8Array(32).fill(2) };
const clock = () => Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

test("the row of a user holds neither number nor address in clear, and opens to both", async () => {
  const keys = createKeys([older]);
  const phone = newNumber();
  const id = await addUser(
    { db: database.db, keys, clock },
    { name: "Ann", phone, email: "ann@example.org" },
  );
  const [row] = await database.db`select users::text as text from users where id = ${id}`;
  expect(row?.["text"]).not.toContain(phone.slice(1));
  expect(row?.["text"]).not.toContain("example");
  const account = await selectById(database.db, id);
  expect(keys.open(account?.phoneSealed ?? "", { user: id, field: "phone" })).toBe(phone);
  expect(keys.open(account?.emailSealed ?? "", { user: id, field: "email" })).toBe("ann@example.org");
});

test("a number stays taken after the keys were rotated", async () => {
  const user = { name: "Ann", phone: newNumber(), email: "ann@example.org" };
  await addUser({ db: database.db, keys: createKeys([older]), clock }, user);
  const rotated = addUser({ db: database.db, keys: createKeys([newer, older]), clock }, user);
  await expect(rotated).rejects.toMatchObject({ code: "number_taken" });
});

test("a name loses what could disguise it", async () => {
  const keys = createKeys([older]);
  const user = { name: "A\u202Enn\u0007\n Lee", phone: newNumber(), email: "ann@example.org" };
  const id = await addUser({ db: database.db, keys, clock }, user);
  expect((await selectById(database.db, id))?.name).toBe("Ann Lee");
});
