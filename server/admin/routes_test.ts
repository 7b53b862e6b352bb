import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { AdminPeople, AdminSession, AuditPage, SystemReport } from "#protocol/admin.ts";
import type { UserId } from "#protocol/ids.ts";
import { CODE_RESEND_MS } from "#protocol/limits.ts";
import { connectUsers } from "../contacts/connect.ts";
import type { Browser } from "../testing/browser.ts";
import { newNumber, openDoor } from "../testing/door.ts";
import type { Door, DoorPerson } from "../testing/door.ts";
import { newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { createActs } from "./acts.ts";

let database: TestDatabase;
let door: Door;
let now = Date.UTC(2026, 5, 15, 12);
let boss: DoorPerson;
let bosses: Browser;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

beforeEach(async () => {
  door = openDoor({ db: database.db, clock: () => now });
  boss = await door.addPerson("Boss");
  await database.db`update users set role = 'admin' where id = ${boss.id}`;
  bosses = door.browser();
  await door.signIn(bosses, boss.phone);
});

afterEach(async () => {
  await door.close();
  await database.db`truncate users, inbox, messages, bus_outbox cascade`;
});

async function join(name: string): Promise<DoorPerson & { browser: Browser }> {
  const person = await door.addPerson(name);
  const browser = door.browser();
  await door.signIn(browser, person.phone);
  return { ...person, browser };
}

async function newestEntry() {
  const { entries } = (await bosses.get("/api/admin/audit")).body as AuditPage;
  return entries[0];
}

const DOORS = [
  ["GET", "/api/admin/system"],
  ["GET", "/api/admin/people"],
  ["GET", "/api/admin/audit"],
  ["POST", "/api/admin/people"],
  ["POST", "/api/admin/people/ID/suspend"],
  ["POST", "/api/admin/people/ID/unsuspend"],
  ["POST", "/api/admin/people/ID/reset"],
  ["GET", "/api/admin/people/ID/sessions"],
  ["DELETE", "/api/admin/people/ID/sessions"],
  ["DELETE", "/api/admin/people/ID/sessions/ID"],
] as const;

function knock(browser: Browser, [method, path]: readonly [string, string], id: string) {
  const body = { name: "Eve", phone: "+12025550199", email: "eve@example.org" };
  const where = path.replaceAll("ID", id);
  if (method === "POST") return browser.post(where, body);
  return method === "GET" ? browser.get(where) : browser.delete(where);
}

test.each(DOORS)(
  "%s %s is for administrators: to others there is nothing, and nothing happens",
  async (method, path) => {
    const ann = await join("Ann");
    const nothing = await ann.browser.get("/api/admin/no-such-thing");
    for (const id of [ann.id, boss.id, crypto.randomUUID()]) {
      const { status, body, headers } = await knock(ann.browser, [method, path], id);
      expect([status, body]).toEqual([404, nothing.body]);
      expect(headers.get("cache-control")).toBe("no-store");
    }
    expect(await knock(door.browser(), [method, path], ann.id)).toMatchObject({ status: 401 });
    expect(await bosses.get("/api/me")).toMatchObject({ status: 200 });
    expect(((await bosses.get("/api/admin/people")).body as AdminPeople).people).toHaveLength(2);
  },
);

test("a role that is taken away is gone at once, and so is a suspended administrator", async () => {
  const other = await join("Other");
  await database.db`update users set role = 'admin' where id = ${other.id}`;
  expect(await other.browser.get("/api/admin/people")).toMatchObject({ status: 200 });
  await database.db`update users set role = 'member' where id = ${other.id}`;
  expect(await other.browser.get("/api/admin/people")).toMatchObject({ status: 404 });
});

describe("people", () => {
  test("are added, and can sign in; the answer and the audit name them by id", async () => {
    const phone = newNumber();
    const answer = await bosses.post("/api/admin/people", {
      name: " Zoe  Q ",
      phone,
      email: "zoe@example.org",
    });
    expect(answer).toMatchObject({ status: 201, body: { id: expect.any(String) } });
    const { id } = answer.body as { id: UserId };
    expect((await door.signIn(door.browser(), phone)).user).toMatchObject({ id, name: "Zoe Q" });
    expect(await newestEntry()).toMatchObject({
      act: "user.add",
      actor: { id: boss.id, name: "Boss" },
      terminal: null,
      subject: { id, name: "Zoe Q" },
      at: now,
    });
  });

  test.each([
    [{ name: " ", phone: "+12025550199", email: "a@example.org" }, 422, "bad_name"],
    [{ name: "A", phone: "12", email: "a@example.org" }, 400, "bad_phone"],
    [{ name: "A", phone: "+12025550199", email: "a" }, 422, "bad_email"],
    [{ name: "A", phone: "+12025550199" }, 400, "bad_request"],
  ])("%j cannot be added", async (body, status, code) => {
    expect(await bosses.post("/api/admin/people", body)).toMatchObject({ status, body: { code } });
  });

  test("have numbers of their own", async () => {
    const again = { name: "A", phone: boss.phone, email: "a@example.org" };
    const answer = await bosses.post("/api/admin/people", again);
    expect(answer).toMatchObject({ status: 409, body: { code: "number_taken" } });
  });

  test("are listed by name, a page at a time, with two digits and when they were here", async () => {
    const ann = await join("Ann");
    await door.addPerson("Cat");
    await createActs({ ...door, origin: "a test", appended: () => {} }, { terminal: "t" }).suspend(ann.id);
    const { people, more } = (await bosses.get("/api/admin/people")).body as AdminPeople;
    expect([people.map(({ name }) => name), more]).toEqual([["Ann", "Boss", "Cat"], false]);
    expect(people[0]).toEqual({
      id: ann.id,
      name: "Ann",
      phoneHint: ann.phone.slice(-2),
      role: "member",
      createdAt: now,
      signedInAt: now,
      suspendedAt: now,
    });
    expect(people[2]).toMatchObject({ signedInAt: null, suspendedAt: null });
    const after = await bosses.get(`/api/admin/people?after=${people[1]?.id}`);
    expect((after.body as AdminPeople).people.map(({ name }) => name)).toEqual(["Cat"]);
  });

  test("more than a page follow one another without a gap", async () => {
    await database.db`
      insert into users (id, name, phone_index, phone_sealed, email_index, email_sealed, created_at)
      select gen_random_uuid(), 'Person ' || (n % 7), decode(lpad(to_hex(n), 8, '0'), 'hex'), '', '', '', now()
      from generate_series(1, 230) as n`;
    for (const { id } of await database.db<{ id: UserId }[]>`select id from users where phone_sealed = ''`) {
      const sealed = door.keys.seal("+12025550100", { user: id, field: "phone" });
      await database.db`update users set phone_sealed = ${sealed} where id = ${id}`;
    }
    const seen = new Set<UserId>();
    let path = "/api/admin/people";
    for (let page = 0; page < 3; page++) {
      const { people, more } = (await bosses.get(path)).body as AdminPeople;
      for (const { id } of people) seen.add(id);
      expect(more).toBe(page < 2);
      path = `/api/admin/people?after=${people.at(-1)?.id}`;
    }
    expect(seen.size).toBe(231);
  });

  test("are suspended and let in again; nobody suspends themselves", async () => {
    const ann = await join("Ann");
    expect(await bosses.post(`/api/admin/people/${ann.id}/suspend`, {})).toMatchObject({ status: 204 });
    expect(await ann.browser.get("/api/me")).toMatchObject({ status: 401 });
    expect(await newestEntry()).toMatchObject({ act: "user.suspend", subject: { id: ann.id } });
    expect(await bosses.post(`/api/admin/people/${ann.id}/unsuspend`, {})).toMatchObject({ status: 204 });
    now += CODE_RESEND_MS;
    await door.signIn(ann.browser, ann.phone);
    expect(await bosses.post(`/api/admin/people/${boss.id}/suspend`, {})).toMatchObject({ status: 400 });
    expect(await bosses.get("/api/me")).toMatchObject({ status: 200 });
  });

  test("who have to wait for a code are helped", async () => {
    const ann = await door.addPerson("Ann");
    await door.askForCode(door.browser(), ann.phone);
    expect(await door.browser().post("/api/auth/code", { phone: ann.phone })).toMatchObject({ status: 429 });
    expect(await bosses.post(`/api/admin/people/${ann.id}/reset`, {})).toMatchObject({ status: 204 });
    await door.askForCode(door.browser(), ann.phone);
  });

  test("who do not exist cannot be acted on", async () => {
    const id = crypto.randomUUID();
    for (const act of ["suspend", "unsuspend", "reset"]) {
      expect(await bosses.post(`/api/admin/people/${id}/${act}`, {})).toMatchObject({ status: 404 });
    }
    expect((await newestEntry())?.subject?.id).not.toBe(id as UserId);
  });
});

test("sessions are looked at and ended, one or all, and both is in the audit", async () => {
  const ann = await join("Ann");
  now += CODE_RESEND_MS;
  const other = door.browser();
  await door.signIn(other, ann.phone);
  const path = `/api/admin/people/${ann.id}/sessions`;
  const [newest, ...rest] = (await bosses.get(path)).body as AdminSession[];
  expect([newest, rest.length]).toEqual([
    { id: expect.any(String), device: "Unknown device", createdAt: now, lastSeenAt: now } as never,
    1,
  ]);
  expect(await newestEntry()).toMatchObject({ act: "sessions.look", subject: { id: ann.id } });
  expect(await bosses.delete(`${path}/${newest?.id}`)).toMatchObject({ status: 204 });
  expect(await bosses.delete(`${path}/${newest?.id}`)).toMatchObject({ status: 404 });
  expect(await other.get("/api/me")).toMatchObject({ status: 401 });
  expect(await ann.browser.get("/api/me")).toMatchObject({ status: 200 });
  expect(await bosses.delete(path)).toMatchObject({ status: 204 });
  expect(await ann.browser.get("/api/me")).toMatchObject({ status: 401 });
  expect(await newestEntry()).toMatchObject({ act: "sessions.revoke", subject: { id: ann.id }, detail: {} });
});

describe("the system", () => {
  test("tells of people, the outbox, the oldest row, the purge and what it depends on", async () => {
    const { body } = await bosses.get("/api/admin/system");
    expect(body).toEqual({
      now,
      dependencies: {
        store: { state: "up", latencyMs: 1 },
        mail: { state: "up", latencyMs: expect.any(Number) },
      },
      instances: [],
      people: { active: 1, suspended: 0 },
      outbox: { rows: 0, oldestAt: null },
      oldestRowAt: null,
      // A database that was never purged counts from when it was made.
      lastPurgeAt: expect.any(Number),
    });
  });

  test("says when the mail server does not let us in, and asks it now and then only", async () => {
    await door.close();
    let asked = 0;
    const verifyMail = async () => {
      asked += 1;
      throw new Error("no");
    };
    door = openDoor({ db: database.db, clock: () => now, keys: door.keys, verifyMail });
    bosses = door.browser();
    await door.signIn(bosses, boss.phone);
    for (let times = 0; times < 3; times++) {
      const { dependencies } = (await bosses.get("/api/admin/system")).body as SystemReport;
      expect(dependencies["mail"]?.state).toBe("down");
    }
    expect(asked).toBe(1);
    now += 15_000;
    await bosses.get("/api/admin/system");
    expect(asked).toBe(2);
  });
});

test("in nothing that the page is told is a number, an address or what people write", async () => {
  const { db } = database;
  const [ann, ben] = [await join("Ann"), await join("Ben")];
  await db.begin((tx) => connectUsers(tx, [ann.id, ben.id], { at: now, origin: "a test" }));
  const writer = testWriter({ db, clock: () => now }).writer;
  await writer.write({
    kind: "send",
    user: ann.id,
    cid: newCid(),
    to: ben.id,
    text: "between the two of us",
  });
  await bosses.post("/api/admin/people", { name: "Cat", phone: newNumber(), email: "cat@example.org" });
  const told: unknown[] = [];
  for (const path of ["system", "people", "audit", `people/${ann.id}/sessions`]) {
    told.push((await bosses.get(`/api/admin/${path}`)).body);
  }
  const text = JSON.stringify(told);
  expect(text).toContain("Ann");
  for (const secret of ["between the two", "@example", ann.phone.slice(-6), "2025550", "sealed"]) {
    expect(text).not.toContain(secret);
  }
});
