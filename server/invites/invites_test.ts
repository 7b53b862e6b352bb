import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Contact } from "#protocol/frames.ts";
import type { Invite, NewInvite } from "#protocol/http.ts";
import { INVITE_TTL_MS, INVITES_OPEN_MAX } from "#protocol/limits.ts";
import { suspendUser } from "../admin/users.ts";
import { removeContact } from "../contacts/change.ts";
import { contactsOf } from "../contacts/queries.ts";
import { selectFrames } from "../inbox/queries.ts";
import { DAY_MS } from "../retention/kept.ts";
import { purge } from "../retention/purge.ts";
import type { Answer, Browser } from "../testing/browser.ts";
import type { Door, DoorPerson } from "../testing/door.ts";
import { createDoors } from "../testing/doors.ts";
import type { Doors } from "../testing/doors.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";

const START = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let doors: Doors;
let door: Door;
let now: number;
let ann: DoorPerson;
let ben: DoorPerson;
let anns: Browser;
let bens: Browser;

beforeAll(async () => {
  database = await testDatabase({
    partitionsAt: [0, 6, 7, 8].map((day) => START + day * DAY_MS),
  });
});

afterAll(() => database.close());

beforeEach(async () => {
  now = START;
  doors = createDoors({ db: database.db, clock: () => now });
  door = doors.open();
  [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  [anns, bens] = [door.browser(), door.browser()];
  await door.signIn(anns, ann.phone);
  await door.signIn(bens, ben.phone);
});

afterEach(async () => {
  await doors.close();
  await database.db`truncate users, inbox, bus_outbox cascade`;
});

async function make(browser: Browser = anns): Promise<NewInvite> {
  const { status, body } = await browser.post("/api/invites", {});
  expect(status).toBe(201);
  return body as NewInvite;
}

function accept(browser: Browser, token: string): Promise<Answer> {
  return browser.post("/api/invites/accept", { token });
}

function look(token: string, browser: Browser = door.browser()): Promise<Answer> {
  return browser.post("/api/invites/look", { token });
}

async function eventsOf({ id }: DoorPerson) {
  const frames = await selectFrames(database.db, id, { after: 0, limit: 50, since: 0 });
  return frames.map(({ frame }) => JSON.parse(frame)).filter(({ kind }) => kind === "contact");
}

function namesOf({ id }: DoorPerson): Promise<string[]> {
  return contactsOf(database.db, id).then((contacts) => contacts.map(({ name }) => name));
}

describe("making invites", () => {
  test("gives a link's token once, and lists it without", async () => {
    const { token, ...invite } = await make();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(invite).toEqual({ id: expect.any(String), createdAt: now, expiresAt: now + INVITE_TTL_MS });
    expect(await anns.get("/api/invites")).toMatchObject({ status: 200, body: [invite] });
    expect(await bens.get("/api/invites")).toMatchObject({ body: [] });
  });

  test("keeps the token nowhere in the database", async () => {
    const { token } = await make();
    const tables = await database.db<{ name: string }[]>`
      select tablename as name from pg_tables where schemaname = 'public'`;
    for (const { name } of tables) {
      const found = await database.db`
        select 1 from ${database.db(name)} t where t::text like ${`%${token.slice(0, 20)}%`}`;
      expect([name, found.length]).toEqual([name, 0]);
    }
  });

  test("ends at ten that are open, also at once; a used, revoked or old one makes room", async () => {
    const many = Array.from({ length: INVITES_OPEN_MAX + 5 }, () => anns.post("/api/invites", {}));
    const answers = await Promise.all(many);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(INVITES_OPEN_MAX);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused[0]).toMatchObject({ status: 409, body: { code: "too_many_invites" } });
    const made = answers.flatMap(({ status, body }) => (status === 201 ? [body as NewInvite] : []));
    await anns.delete(`/api/invites/${made[0]?.id}`);
    await make();
    await accept(bens, made[1]?.token ?? "");
    await make();
    expect(await anns.post("/api/invites", {})).toMatchObject({ body: { code: "too_many_invites" } });
    now += INVITE_TTL_MS;
    await make();
    expect((await anns.get("/api/invites")).body as Invite[]).toHaveLength(1);
  });

  test("ends at fifty a day", async () => {
    for (let count = 0; count < 50; count++) {
      const { id } = await make();
      await anns.delete(`/api/invites/${id}`);
    }
    const answer = await anns.post("/api/invites", {});
    expect(answer).toMatchObject({ status: 429, body: { code: "rate_limited", retryAfterMs: DAY_MS } });
  });

  test("is undone by their maker alone", async () => {
    const { id, token } = await make();
    expect(await bens.delete(`/api/invites/${id}`)).toMatchObject({
      status: 404,
      body: { code: "not_found" },
    });
    expect(await look(token)).toMatchObject({ status: 200 });
    expect(await anns.delete(`/api/invites/${id}`)).toMatchObject({ status: 204 });
    expect(await anns.delete(`/api/invites/${id}`)).toMatchObject({ status: 404 });
    expect(await look(token)).toMatchObject({ status: 404 });
  });
});

describe("looking at an invite", () => {
  test("tells who invites, and neither an id nor anything else", async () => {
    const { token } = await make();
    expect((await look(token)).body).toEqual({ name: "Ann", hue: null });
  });

  test("too often from one address is refused; another address is not", async () => {
    const slow = doors.open({ limits: { triesPerIpHour: 2 } });
    const first = slow.browser({ "x-forwarded-for": "198.51.100.1" });
    const answers = [await look("x", first), await look("x", first), await look("x", first)];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 429]);
    expect(await look("x", slow.browser({ "x-forwarded-for": "198.51.100.2" }))).toMatchObject({
      status: 404,
    });
  });
});

describe("an invite that nobody can use", () => {
  test("gets one and the same answer, on every door", async () => {
    const [used, revoked, old, spent] = [await make(), await make(), await make(), await make()];
    await accept(bens, used.token);
    await anns.delete(`/api/invites/${revoked.id}`);
    await database.db`update invites set created_at = ${now - INVITE_TTL_MS} where id = ${old.id}`;
    await database.db`update invites set used_at = ${now} where id = ${spent.id}`;
    const cat = await door.addPerson("Cat");
    const cats = door.browser();
    await door.signIn(cats, cat.phone);
    const tokens = [used, revoked, old, spent].map(({ token }) => token);
    const answers: Answer[] = [];
    for (const token of [...tokens, "x".repeat(43), "", "💥"]) {
      const person = { token, phone: "+12025550199", email: "new@example.org" };
      answers.push(await look(token));
      answers.push(await accept(cats, token));
      answers.push(await door.browser().post("/api/invites/code", person));
      answers.push(
        await door.browser().post("/api/invites/join", { ...person, name: "New", code: "123456" }),
      );
    }
    const shapes = answers.map(({ status, headers, body }) =>
      JSON.stringify([status, body, headers.get("cache-control"), headers.get("set-cookie")]),
    );
    expect(new Set(shapes).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, body: { code: "no_invite" } });
    await door.mailed();
    expect(door.mails.filter(({ to }) => to === "new@example.org")).toEqual([]);
  });

  test("is one whose maker was suspended or has left", async () => {
    const { token } = await make();
    await suspendUser(door, ann.id);
    expect(await accept(bens, token)).toMatchObject({ body: { code: "no_invite" } });
    const left = await make(bens);
    await door.deletion.end(ben.id);
    expect(await look(left.token)).toMatchObject({ body: { code: "no_invite" } });
    expect(await database.db`select 1 from invites where inviter_id = ${ben.id}`).toHaveLength(0);
  });

  test("is gone with the purge", async () => {
    await make();
    now += INVITE_TTL_MS;
    await purge(database.db, { now });
    expect(await database.db`select 1 from invites`).toHaveLength(0);
  });
});

describe("who is signed in and says yes", () => {
  test("is a contact of who made the invite, on both sides, and both inboxes say so", async () => {
    const { token } = await make();
    const { status, body } = await accept(bens, token);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: ann.id, name: "Ann", standing: "contact", alias: null });
    expect(await eventsOf(ben)).toMatchObject([{ contact: body }]);
    expect(await eventsOf(ann)).toMatchObject([
      { contact: { id: ben.id, name: "Ben", standing: "contact" } },
    ]);
    expect(new Set(door.told.at(-1)?.records.map(({ key }) => key))).toEqual(new Set([ann.id, ben.id]));
    expect(await anns.get("/api/invites")).toMatchObject({ body: [] });
  });

  test("may say it twice and hears the same", async () => {
    const { token } = await make();
    const first = await accept(bens, token);
    expect(await accept(bens, token)).toMatchObject({ status: 200, body: first.body });
    expect(await eventsOf(ann)).toHaveLength(1);
    await database.db.begin((tx) =>
      removeContact(tx, { user: ben.id, contact: ann.id }, { at: now, origin: "" }),
    );
    // What was ended since is not taken up by saying it once more.
    expect(await accept(bens, token)).toMatchObject({ body: { code: "no_invite" } });
  });

  test("cannot be who made it, whose invite stays open", async () => {
    const { token } = await make();
    expect(await accept(anns, token)).toMatchObject({ status: 409, body: { code: "own_invite" } });
    expect(await look(token)).toMatchObject({ status: 200 });
  });

  test("does not use it up when they are contacts already", async () => {
    await accept(bens, (await make()).token);
    const { token } = await make();
    expect(await accept(bens, token)).toMatchObject({ status: 200, body: { id: ann.id } });
    expect(await look(token)).toMatchObject({ status: 200 });
    expect(await eventsOf(ann)).toHaveLength(1);
  });

  test("takes up again what had ended", async () => {
    const first = (await accept(bens, (await make()).token)).body as Contact;
    await anns.delete(`/api/contacts/${ben.id}`);
    expect(await namesOf(ben)).toEqual([]);
    const { body } = await accept(bens, (await make()).token);
    expect(body).toEqual(first);
    expect(await namesOf(ann)).toEqual(["Ben"]);
  });

  test("lifts their own block by it, and hears nothing of the other's", async () => {
    await accept(bens, (await make()).token);
    await bens.patch(`/api/contacts/${ann.id}`, { blocked: true });
    expect((await accept(bens, (await make()).token)).body).toMatchObject({ standing: "contact" });
    await anns.patch(`/api/contacts/${ben.id}`, { blocked: true });
    await anns.delete(`/api/contacts/${ben.id}`);
    const { status, body } = await accept(bens, (await make()).token);
    expect({ status, body }).toMatchObject({ status: 200, body: { id: ann.id, standing: "contact" } });
    expect((await eventsOf(ann)).at(-1)).toMatchObject({ contact: { id: ben.id, standing: "blocked" } });
  });

  test("is one of any number who try at once", async () => {
    const people = await Promise.all(["Cat", "Dan", "Eve", "Fay"].map((name) => door.addPerson(name)));
    const browsers = people.map(() => door.browser());
    for (const [at, person] of people.entries()) await door.signIn(browsers[at] as Browser, person.phone);
    const { token } = await make();
    const answers = await Promise.all([...browsers, ...browsers].map((browser) => accept(browser, token)));
    const winners = new Set(
      answers.flatMap(({ status }, at) => (status === 200 ? [at % people.length] : [])),
    );
    expect(winners.size).toBe(1);
    const others = answers.filter(({ status }) => status !== 200);
    expect(new Set(others.map(({ body }) => (body as { code: string }).code))).toEqual(
      new Set(["no_invite"]),
    );
    expect(await namesOf(ann)).toHaveLength(1);
  });
});
