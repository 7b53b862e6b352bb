import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { addUser } from "../admin/users.ts";
import { newNumber } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { emailKey } from "./email.ts";
import { createKeys } from "./keys.ts";
import type { Keys } from "./keys.ts";
import { selectById, selectByPhone } from "./queries.ts";
import { countBySecret, reseal } from "./reseal.ts";

const secret = (n: number) => ({ id: `k${n}`, bytes: new Uint8Array(32).fill(n + 1) });
const before = createKeys([secret(1)]);
const rotated = createKeys([secret(2), secret(1)]);
const after = createKeys([secret(2)]);
const NOW = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

afterEach(async () => {
  await database.db`truncate users cascade`;
});

interface Somebody {
  id: UserId;
  phone: string;
  email: string;
}

async function add(keys: Keys): Promise<Somebody> {
  const phone = newNumber();
  const email = `Person${phone.slice(1)}@example.org`;
  return {
    id: await addUser({ db: database.db, keys, clock: () => NOW }, { name: "P", phone, email }),
    phone,
    email,
  };
}

/** Found by the number under `keys` alone, with number and address as they were, and the address's index too. */
async function expectWhole({ id, phone, email }: Somebody, keys: Keys): Promise<void> {
  const found = await selectByPhone(database.db, keys.blindIndexes("phone", phone));
  expect(found?.id).toBe(id);
  expect(keys.open(found?.phoneSealed ?? "", { user: id, field: "phone" })).toBe(phone);
  expect(keys.open(found?.emailSealed ?? "", { user: id, field: "email" })).toBe(email);
  const [row] = await database.db<{ index: Uint8Array }[]>`
    select email_index as index from users where id = ${id}`;
  expect(keys.blindIndex("email", emailKey(email)).equals(row?.index ?? Buffer.alloc(0))).toBe(true);
}

test("everybody is found and read under the new secret alone, and a second run finds nothing to do", async () => {
  const people = await Promise.all(Array.from({ length: 5 }, () => add(before)));
  const newcomer = await add(rotated);
  expect(await reseal(database.db, rotated)).toEqual({ resealed: 5, stuck: [] });
  for (const person of [...people, newcomer]) await expectWhole(person, after);
  expect(await countBySecret(database.db)).toEqual(new Map([["k2", 6]]));
  expect(await reseal(database.db, rotated)).toEqual({ resealed: 0, stuck: [] });
});

test("a run that is killed half-way is run again, and until then both halves are found", async () => {
  const people = await Promise.all(Array.from({ length: 6 }, () => add(before)));
  let sealed = 0;
  const dying: Keys = {
    ...rotated,
    seal(text, context) {
      sealed += 1;
      // Each person is sealed twice, number and address: the third dies between the two.
      if (sealed === 6) throw new Error("killed");
      return rotated.seal(text, context);
    },
  };
  await expect(reseal(database.db, dying)).rejects.toThrow("killed");
  expect(await countBySecret(database.db)).toEqual(
    new Map([
      ["k1", 4],
      ["k2", 2],
    ]),
  );
  for (const person of people) {
    const found = await selectByPhone(database.db, rotated.blindIndexes("phone", person.phone));
    expect(found?.id).toBe(person.id);
  }
  expect(await reseal(database.db, rotated)).toEqual({ resealed: 4, stuck: [] });
  for (const person of people) await expectWhole(person, after);
});

test("what an instance writes under the old secret meanwhile is not lost, but sealed again as well", async () => {
  const ann = await add(before);
  const moved = { ...ann, email: "new@example.org" };
  const late: Somebody[] = [];
  const raced: Keys = {
    ...rotated,
    open(text, context) {
      const opened = rotated.open(text, context);
      meanwhile ??= (async () => {
        late.push(await add(before));
        await database.db`
          update users set email_sealed = ${before.seal(moved.email, { user: ann.id, field: "email" })},
            email_index = ${before.blindIndex("email", moved.email)}
          where id = ${ann.id}`;
      })();
      return opened;
    },
  };
  let meanwhile: Promise<void> | null = null;
  const slow = new Proxy(database.db, {
    apply(target, self, [strings, ...values]: [TemplateStringsArray, ...never[]]) {
      const update = strings[0]?.includes("update users set") ?? false;
      const query = () => Reflect.apply(target, self, [strings, ...values]) as Promise<unknown>;
      return update && meanwhile !== null ? meanwhile.then(query) : query();
    },
  });
  expect(await reseal(slow, raced)).toEqual({ resealed: 2, stuck: [] });
  await expectWhole(moved, after);
  for (const person of late) await expectWhole(person, after);
  expect(late).toHaveLength(1);
});

test("who cannot be sealed again is told by id, left as it was, and keeps nobody else from it", async () => {
  const [lost, twice, ann] = [await add(createKeys([secret(0)])), await add(before), await add(before)];
  // The number of `twice` came in once more, under the new secret: the unique index sees only one key's hashes.
  const again = await add(rotated);
  await database.db`
    update users set phone_index = ${after.blindIndex("phone", twice.phone)},
      phone_sealed = ${after.seal(twice.phone, { user: again.id, field: "phone" })} where id = ${again.id}`;
  const { resealed, stuck } = await reseal(database.db, rotated);
  expect([resealed, stuck.toSorted()]).toEqual([1, [lost.id, twice.id].toSorted()]);
  await expectWhole(ann, after);
  expect((await selectById(database.db, twice.id))?.phoneSealed).toStartWith("k1.");
});

test("more people than are read at once all get their turn", async () => {
  const people = await Promise.all(Array.from({ length: 205 }, () => add(before)));
  expect((await reseal(database.db, rotated)).resealed).toBe(people.length);
  expect(await countBySecret(database.db)).toEqual(new Map([["k2", people.length]]));
});
