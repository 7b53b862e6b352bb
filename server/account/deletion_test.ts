import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Conversation } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { CODE_RESEND_MS } from "#protocol/limits.ts";
import { addUser } from "../admin/users.ts";
import { changeContact } from "../contacts/change.ts";
import { connectUsers } from "../contacts/connect.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import type { Writer } from "../messages/writer.ts";
import { DAY_MS } from "../retention/kept.ts";
import { makePartitions } from "../retention/partitions.ts";
import { purge } from "../retention/purge.ts";
import type { Browser } from "../testing/browser.ts";
import { openDoor } from "../testing/door.ts";
import type { Door, DoorOptions, DoorPerson } from "../testing/door.ts";
import { newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { NOBODYS, REMAINS } from "./remains.ts";

const START = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let door: Door;
let now: number;
let writer: Writer;
let ann: DoorPerson;
let ben: DoorPerson;
let anns: Browser;
let bens: Browser;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

beforeEach(async () => {
  now = START;
  await makePartitions(database.db, now);
  writer = testWriter({ db: database.db, clock: () => now }).writer;
  await open();
  [ann, ben] = [await door.addPerson("Annabel"), await door.addPerson("Ben")];
  await database.db.begin((tx) => connectUsers(tx, [ann.id, ben.id], { at: now, origin: "a test" }));
  [anns, bens] = [door.browser(), door.browser()];
  await door.signIn(anns, ann.phone);
  await door.signIn(bens, ben.phone);
});

afterEach(async () => {
  await door.close();
  await database.db`truncate users, inbox, messages, revisions, bus_outbox cascade`;
});

async function open(options: Partial<DoorOptions> = {}): Promise<void> {
  door = openDoor({ db: database.db, clock: () => now, ...options });
}

function say(from: DoorPerson, to: DoorPerson, text: string) {
  return writer.write({ kind: "send", user: from.id, cid: newCid(), to: to.id, text });
}

/** Asks, and reads the code in the mail. */
async function code(browser: Browser = anns): Promise<string> {
  const asked = await browser.post("/api/account/deletion/code", {});
  expect(asked).toMatchObject({ status: 202, body: { resendAfterMs: CODE_RESEND_MS } });
  await door.mailed();
  return /^\d{6}$/m.exec(door.mails.at(-1)?.text ?? "")?.[0] ?? "";
}

async function leave(browser: Browser = anns): Promise<void> {
  const answer = await browser.post("/api/account/deletion", { code: await code(browser) });
  expect(answer).toMatchObject({ status: 204 });
  await door.mailed();
}

/** What Ben's devices are told, from the beginning. */
async function bensEvents() {
  const frames = await selectFrames(database.db, ben.id, { after: 0, limit: 100, since: 0 });
  return frames.map(({ frame }) => JSON.parse(frame));
}

/** Every column of every table that has the text in it, as "table.column". */
async function placesOf(text: string): Promise<string[]> {
  const columns = await database.db<{ table: string; column: string }[]>`
    select relname as "table", attname as "column" from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and attnum > 0 and not attisdropped`;
  const found: string[] = [];
  for (const { table, column } of columns) {
    const [row] = await database.db<{ there: boolean }[]>`
      select exists (select 1 from ${database.db(table)} where ${database.db(column)}::text like ${`%${text}%`}) as there`;
    if (row?.there === true) found.push(`${table}.${column}`);
  }
  return found.toSorted();
}

describe("ending an account", () => {
  test("takes a code that was mailed for it, in the browser that asked", async () => {
    const right = await code();
    expect(door.mails.at(-1)).toMatchObject({ to: ann.email, subject: "Your code to delete your account" });
    const wrong = right === "000000" ? "000001" : "000000";
    const guess = (browser: Browser, typed: string) => browser.post("/api/account/deletion", { code: typed });
    expect(await guess(anns, wrong)).toMatchObject({ status: 422, body: { code: "code_wrong" } });
    expect(await guess(bens, right)).toMatchObject({ status: 422, body: { code: "code_expired" } });
    expect(await guess(door.browser(), right)).toMatchObject({ status: 401 });
    expect(await anns.get("/api/me")).toMatchObject({ status: 200 });
    expect(await guess(anns, right)).toMatchObject({ status: 204, body: null });
    expect(anns.cookies.size).toBe(0);
    expect(await anns.get("/api/me")).toMatchObject({ status: 401 });
  });

  test("does not take a code for signing in, nor the other way round", async () => {
    const signing = await door.askForCode(anns, ann.phone);
    expect(await anns.post("/api/account/deletion", { code: signing })).toMatchObject({
      body: { code: "code_expired" },
    });
    now += CODE_RESEND_MS;
    const ending = await code();
    const answer = await anns.post("/api/auth/session", { phone: ann.phone, code: ending });
    expect(answer).toMatchObject({ body: { code: "code_expired" } });
  });

  test("locks after five wrong codes, and can be asked for some times an hour", async () => {
    const right = await code();
    for (let tries = 0; tries < 5; tries++) {
      await anns.post("/api/account/deletion", { code: right === "000000" ? "000001" : "000000" });
    }
    expect(await anns.post("/api/account/deletion", { code: right })).toMatchObject({
      status: 429,
      body: { code: "code_locked" },
    });
    expect(await anns.post("/api/account/deletion/code", {})).toMatchObject({ status: 429 });
    for (let times = 1; times < 6; times++) {
      now += CODE_RESEND_MS;
      await code();
    }
    now += CODE_RESEND_MS;
    expect(await anns.post("/api/account/deletion/code", {})).toMatchObject({
      status: 429,
      body: { retryAfterMs: expect.any(Number) },
    });
  });

  test("ends every session, tells the sockets of each, and says goodbye by mail", async () => {
    now += CODE_RESEND_MS;
    const elsewhere = door.browser();
    await door.signIn(elsewhere, ann.phone);
    await leave();
    expect(door.ended.filter((line) => line.startsWith("revoked"))).toHaveLength(2);
    expect(await elsewhere.get("/api/me")).toMatchObject({ status: 401 });
    expect(door.mails.at(-1)).toMatchObject({ to: ann.email, subject: "Your account is deleted" });
    expect(await bens.get("/api/me")).toMatchObject({ status: 200 });
  });

  test("frees the number and the address", async () => {
    await leave();
    const id = await addUser(door, { name: "New", phone: ann.phone, email: ann.email });
    now += CODE_RESEND_MS;
    const { user } = await door.signIn(door.browser(), ann.phone);
    expect(user).toMatchObject({ id, name: "New" });
    expect(id).not.toBe(ann.id);
  });

  test("leaves nobody to be signed in as", async () => {
    await leave();
    now += CODE_RESEND_MS;
    door.mails.length = 0;
    await door.browser().post("/api/auth/code", { phone: ann.phone });
    await door.mailed();
    expect(door.mails).toEqual([]);
  });
});

describe("the other one", () => {
  test("keeps what was said, under a tombstone, and cannot write any more", async () => {
    await say(ann, ben, "see you");
    await say(ben, ann, "bye");
    await leave();
    const copy = (await bens.get("/api/export")).body as { conversations: Conversation[] };
    const [conversation] = copy.conversations;
    expect(conversation).toMatchObject({
      with: { id: ann.id, name: "", hue: null },
      alias: null,
      standing: "deleted",
      messages: [{ text: "bye" }, { text: "see you" }],
    });
    expect(await say(ben, ann, "hello?")).toMatchObject({ is: "refused", code: "not_a_contact" });
    expect((await bens.get("/api/contacts")).body).toEqual([]);
  });

  test("is told by an event that says how things are, and so says the same when it is read again later", async () => {
    await leave();
    const last = (await bensEvents()).at(-1);
    expect(last).toMatchObject({ kind: "contact", contact: { id: ann.id, name: "", standing: "deleted" } });
    const told = door.told.flatMap(({ rows }) => rows).filter(({ user }) => user === ben.id);
    expect(JSON.parse(told.at(-1)?.frame ?? "")).toEqual(last);
  });

  test("goes on reading, which is no news to anybody who is gone", async () => {
    await say(ann, ben, "one");
    await leave();
    const { head = 0 } = (await selectState(database.db, ben.id)) ?? {};
    expect(await writer.write({ kind: "received", user: ben.id, cursor: head, attended: true })).toEqual({
      is: "done",
    });
    const conversation = (await bensEvents())[0].contact.conversation;
    const read = await writer.write({ kind: "read", user: ben.id, conversation, seq: 1 });
    expect(read).toEqual({ is: "done" });
    expect((await bensEvents()).at(-1)).toMatchObject({ kind: "mark", mark: "read", user: ben.id });
    expect(await database.db`select from inbox where user_id = ${ann.id}`).toHaveLength(0);
  });

  test("loses the name that they gave, and cannot block or rename a tombstone, but can remove it", async () => {
    const alias = { user: ben.id, contact: ann.id, change: { alias: "Annie from work" } };
    await database.db.begin((tx) => changeContact(tx, alias, { at: now, origin: "a test" }));
    await say(ann, ben, "one");
    await leave();
    expect(await placesOf("Annie")).toEqual([]);
    expect(await bens.delete(`/api/contacts/${ann.id}`)).toMatchObject({ status: 204 });
    expect((await bensEvents()).at(-1)).toMatchObject({ contact: { standing: "removed" } });
  });

  test("who was a contact no more is told as well, for the conversation that is left", async () => {
    await say(ann, ben, "one");
    await anns.delete(`/api/contacts/${ben.id}`);
    await leave();
    expect((await bensEvents()).at(-1)).toMatchObject({
      contact: { id: ann.id, name: "", standing: "deleted" },
    });
  });
});

describe("what is left of a deleted account", () => {
  test("is its bare id, where the other's rows name it, and nothing that is personal", async () => {
    await say(ann, ben, "said by ann");
    await say(ben, ann, "said by ben");
    await door.presence.hold(ann.id, "phone", "online");
    await anns.get("/api/export");
    await leave();
    await database.db`delete from bus_outbox`;
    for (const secret of ["Annabel", ann.phone.slice(1), ann.email, ann.email.split("@")[0] ?? ""]) {
      expect(await placesOf(secret)).toEqual([]);
    }
    expect(await placesOf(ann.id)).toEqual(
      [
        "contacts.contact_id",
        "conversations.high_user",
        "conversations.low_user",
        "inbox.subject_id",
        "marks.user_id",
        "messages.recipient_id",
        "messages.sender_id",
        "users.id",
      ].filter((place) => place !== (ann.id < ben.id ? "conversations.high_user" : "conversations.low_user")),
    );
    const [row] = await database.db`select * from users where id = ${ann.id}`;
    expect(row).toMatchObject({
      name: "",
      phone_index: null,
      phone_sealed: null,
      email_index: null,
      email_sealed: null,
      signed_in_at: null,
    });
  });

  test("of every column that may name somebody it is written down what becomes of it", async () => {
    const columns = await database.db<{ name: string }[]>`
      select format('%s.%s', c.table_name, c.column_name) as name from information_schema.columns c
      where c.table_schema = 'public' and c.udt_name = 'uuid'
        and not exists (select 1 from pg_inherits where inhrelid = format('%I', c.table_name)::regclass)`;
    const known = [...Object.keys(REMAINS), ...NOBODYS];
    expect(known.toSorted()).toEqual(columns.map(({ name }) => name).toSorted());
  });

  test("goes with the retention: first the conversation, then the id", async () => {
    await say(ann, ben, "the last word");
    await leave();
    const left = async () => ({
      users: (await database.db`select from users where id = ${ann.id}`).length,
      conversations: (await database.db`select from conversations`).length,
    });
    now = START + 7 * DAY_MS;
    await purge(database.db, { now });
    expect(await left()).toEqual({ users: 1, conversations: 1 });
    now = START + 9 * DAY_MS;
    await purge(database.db, { now });
    expect(await left()).toEqual({ users: 1, conversations: 0 });
    // Whoever was told less than seven days ago still resumes without a hole.
    for (const event of await bensEvents()) expect(event).toMatchObject({ kind: "contact" });
    now = START + 18 * DAY_MS;
    await purge(database.db, { now });
    expect(await left()).toEqual({ users: 0, conversations: 0 });
    expect(await bens.get("/api/snapshot")).toMatchObject({ status: 404 });
    expect(await placesOf(ann.id)).toEqual([]);
  });
});

describe("what happens meanwhile", () => {
  test("two who end the same account end it once", async () => {
    const before = (await bensEvents()).length;
    const ends = await Promise.allSettled([door.deletion.end(ann.id), door.deletion.end(ann.id)]);
    expect(ends.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(await bensEvents()).toHaveLength(before + 1);
  });

  test("a sign-in that races the end gets no session, and writes nothing down", async () => {
    const meanwhile: UserId[] = [];
    await door.close();
    const keys = door.keys;
    await open({
      keys,
      watch: (store) => ({
        ...store,
        async set(key, value, options) {
          const opens = key.startsWith("session.id:");
          for (const user of opens ? meanwhile.splice(0) : []) await door.deletion.end(user);
          return store.set(key, value, options);
        },
      }),
    });
    const browser = door.browser();
    const typed = await door.askForCode(browser, ann.phone);
    meanwhile.push(ann.id);
    const answer = await browser.post("/api/auth/session", { phone: ann.phone, code: typed });
    expect(answer).toMatchObject({ status: 422, body: { code: "code_expired" } });
    expect(await door.sessions.list(ann.id)).toEqual([]);
    expect(await database.db`select from sign_ins where user_id = ${ann.id}`).toHaveLength(0);
  });

  test("what somebody began and did not finish is finished by whoever looks next", async () => {
    let away = false;
    await door.close();
    const keys = door.keys;
    await open({
      keys,
      watch: (store) => ({
        ...store,
        members: (set) =>
          away && set.startsWith("sessions:") ? Promise.reject(new Error("away")) : store.members(set),
      }),
    });
    anns = door.browser();
    await door.signIn(anns, ann.phone);
    away = true;
    await expect(door.deletion.end(ann.id)).rejects.toThrow("away");
    expect(await door.browser().get("/api/me")).toMatchObject({ status: 401 });
    away = false;
    expect(await door.sessions.list(ann.id)).toHaveLength(1);
    expect(await door.deletion.finish()).toBe(1);
    expect(await door.sessions.list(ann.id)).toEqual([]);
    expect(await door.deletion.finish()).toBe(0);
  });

  test("messages that were on their way are in or refused, and the writer goes on", async () => {
    const sends = Array.from({ length: 20 }, (_, n) =>
      n % 2 === 0 ? say(ann, ben, `a${n}`) : say(ben, ann, `b${n}`),
    );
    const [outcomes] = await Promise.all([Promise.all(sends), door.deletion.end(ann.id)]);
    for (const { is } of outcomes) expect(["sent", "refused"]).toContain(is);
    const cat = await door.addPerson("Cat");
    await database.db.begin((tx) => connectUsers(tx, [cat.id, ben.id], { at: now, origin: "a test" }));
    expect(await say(cat, ben, "hi")).toMatchObject({ is: "sent" });
  });
});
