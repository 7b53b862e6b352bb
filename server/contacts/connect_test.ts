import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { addUser } from "../admin/users.ts";
import { createKeys } from "../auth/keys.ts";
import { NOTHING_APPENDED } from "../inbox/append.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import { newNumber, openDoor } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { connectUsers } from "./connect.ts";
import { contactsOf } from "./queries.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const clock = () => NOW;
const keys = createKeys([{ id: "k1", bytes: new Uint8Array(32).fill(1) }]);

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [NOW] });
});

afterAll(() => database.close());

function add(name: string): Promise<UserId> {
  return addUser({ db: database.db, keys, clock }, { name, phone: newNumber(), email: "x@example.org" });
}

function connect(one: UserId, other: UserId) {
  return database.db.begin((tx) => connectUsers(tx, [one, other], { at: NOW, origin: "a test" }));
}

async function eventsOf(user: UserId) {
  const frames = await selectFrames(database.db, user, { after: 0, limit: 10, since: 0 });
  return frames.map(({ frame }) => JSON.parse(frame));
}

describe("connecting two users", () => {
  test("gives them one conversation, its marks, and each other as contacts", async () => {
    const [ann, ben] = [await add("Ann"), await add("Ben")];
    await connect(ann, ben);
    const [anns, bens] = [await contactsOf(database.db, ann), await contactsOf(database.db, ben)];
    const plain = { hue: null, alias: null, muted: false, standing: "contact" as const };
    expect(anns).toEqual([{ id: ben, name: "Ben", conversation: expect.any(String), ...plain }]);
    expect(bens).toEqual([{ id: ann, name: "Ann", conversation: anns[0]?.conversation as never, ...plain }]);
    const marks = await database.db`
      select user_id as user, delivered, read from marks where conversation_id = ${anns[0]?.conversation ?? ""}`;
    expect(marks.map((mark) => mark["user"]).toSorted()).toEqual([ann, ben].toSorted());
    expect(marks.map(({ delivered, read }) => [delivered, read])).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  test("tells each of the other in their inbox, and leaves it for the bus", async () => {
    const [ann, ben] = [await add("Ann"), await add("Ben")];
    const appended = await connect(ann, ben);
    const [contact] = await contactsOf(database.db, ann);
    expect(await eventsOf(ann)).toEqual([{ type: "event", cursor: 1, kind: "contact", contact }]);
    expect(await eventsOf(ben)).toMatchObject([
      { cursor: 1, kind: "contact", contact: { id: ann, name: "Ann" } },
    ]);
    const [outbox] = await database.db`
      select grown_users as users, grown_to as "upTo" from bus_outbox where id = ${appended.outboxId ?? 0}`;
    expect(outbox).toMatchObject({ users: [ann, ben], upTo: [1, 1] });
    expect(new Set(appended.records.map((record) => record.key))).toEqual(new Set([ann, ben]));
  });

  test("again, from either side, changes and tells nothing", async () => {
    const [ann, ben] = [await add("Ann"), await add("Ben")];
    await connect(ann, ben);
    const before = await contactsOf(database.db, ann);
    expect(await connect(ben, ann)).toEqual(NOTHING_APPENDED);
    expect(await contactsOf(database.db, ann)).toEqual(before);
    expect(await selectState(database.db, ben)).toMatchObject({ head: 1 });
  });

  test("from many sides at once does it once", async () => {
    const [ann, ben, cat] = [await add("Ann"), await add("Ben"), await add("Cat")];
    const pairs = [
      [ann, ben],
      [ben, ann],
      [ann, cat],
      [cat, ben],
      [ben, ann],
      [ben, cat],
    ] as const;
    await Promise.all(pairs.map(([one, other]) => connect(one, other)));
    for (const user of [ann, ben, cat]) {
      expect(await contactsOf(database.db, user)).toHaveLength(2);
      expect(await selectState(database.db, user)).toMatchObject({ head: 2 });
    }
  });

  test("needs two people who exist", async () => {
    const ann = await add("Ann");
    await expect(connect(ann, ann)).rejects.toMatchObject({ code: "bad_request" });
    await expect(connect(ann, crypto.randomUUID() as UserId)).rejects.toMatchObject({ code: "not_found" });
    expect(await contactsOf(database.db, ann)).toEqual([]);
  });
});

test("a person reads their own contacts, by name", async () => {
  const door = openDoor({ db: database.db, clock });
  try {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    expect(await browser.get("/api/contacts")).toMatchObject({ status: 200, body: [] });
    for (const name of ["Zoe", "Ben"]) await connect(ann.id, await add(name));
    const { body } = await browser.get("/api/contacts");
    expect(body).toEqual(await contactsOf(database.db, ann.id));
    expect(body).toMatchObject([{ name: "Ben" }, { name: "Zoe" }]);
  } finally {
    await door.close();
  }
});
