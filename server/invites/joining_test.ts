import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Me, NewInvite, SessionAnswer } from "#protocol/http.ts";
import { CODE_RESEND_MS } from "#protocol/limits.ts";
import { suspendUser } from "../admin/users.ts";
import { contactsOf } from "../contacts/queries.ts";
import { selectFrames } from "../inbox/queries.ts";
import type { Answer, Browser } from "../testing/browser.ts";
import { newNumber } from "../testing/door.ts";
import type { Door, DoorPerson } from "../testing/door.ts";
import { createDoors } from "../testing/doors.ts";
import type { Doors } from "../testing/doors.ts";
import { recordLog } from "../testing/quiet.ts";
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

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [START] });
});

afterAll(() => database.close());

beforeEach(async () => {
  now = START;
  doors = createDoors({ db: database.db, clock: () => now });
  door = doors.open();
  [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  anns = door.browser();
  await door.signIn(anns, ann.phone);
});

afterEach(async () => {
  await doors.close();
  await database.db`truncate users, inbox, bus_outbox cascade`;
});

interface Newcomer {
  token: string;
  name: string;
  phone: string;
  email: string;
}

async function invite(browser: Browser = anns): Promise<string> {
  return ((await browser.post("/api/invites", {})).body as NewInvite).token;
}

/** Somebody nobody knows, with an invite of Ann's. */
async function newcomer(of: Partial<Newcomer> = {}): Promise<Newcomer> {
  const phone = newNumber();
  return { token: await invite(), name: "Cat", phone, email: `cat${phone.slice(1)}@example.org`, ...of };
}

function ask(browser: Browser, { token, phone, email }: Newcomer): Promise<Answer> {
  return browser.post("/api/invites/code", { token, phone, email });
}

function join(browser: Browser, who: Newcomer, code: string): Promise<Answer> {
  return browser.post("/api/invites/join", { ...who, code });
}

/** Asks, and reads the code in the mail; empty when there was no mail with one. */
async function codeFor(browser: Browser, who: Newcomer, at: Door = door): Promise<string> {
  expect(await ask(browser, who)).toMatchObject({ status: 202, body: { resendAfterMs: CODE_RESEND_MS } });
  await at.mailed();
  const mail = at.mails.findLast(({ to }) => to === who.email);
  return /^\d{6}$/m.exec(mail?.text ?? "")?.[0] ?? "";
}

async function comeIn(browser: Browser, who: Newcomer): Promise<SessionAnswer> {
  const answer = await join(browser, who, await codeFor(browser, who));
  expect(answer).toMatchObject({ status: 201 });
  return answer.body as SessionAnswer;
}

async function accounts(): Promise<number> {
  const [row] = await database.db<{ count: number }[]>`select count(*) from users`;
  return Number(row?.count);
}

function wrong(code: string): string {
  return code === "000000" ? "000001" : "000000";
}

describe("coming in by an invite", () => {
  test("makes account and contact, and signs in on that device", async () => {
    const browser = door.browser();
    const who = await newcomer();
    const { user } = await comeIn(browser, who);
    expect(user).toEqual({ id: expect.any(String), name: "Cat", hue: null });
    const me = (await browser.get("/api/me")).body as Me;
    expect(me).toMatchObject({ id: user.id, phoneHint: who.phone.slice(-2), role: "member" });
    expect([...browser.cookies.keys()].toSorted()).toEqual(["parley", "parley-known"]);
    expect(await contactsOf(database.db, user.id)).toMatchObject([{ id: ann.id, name: "Ann" }]);
    const [row] = await database.db`select invited_by as "by" from users where id = ${user.id}`;
    expect(row).toEqual({ by: ann.id });
  });

  test("is told to the inviter's devices at once", async () => {
    const { user } = await comeIn(door.browser(), await newcomer());
    const frames = await selectFrames(database.db, ann.id, { after: 0, limit: 10, since: 0 });
    expect(frames.map(({ frame }) => JSON.parse(frame))).toMatchObject([
      { kind: "contact", contact: { id: user.id, name: "Cat", standing: "contact" } },
    ]);
    expect(door.told.some(({ records }) => records.some(({ key }) => key === ann.id))).toBe(true);
  });

  test("lets the person sign in with their number afterwards, in any browser", async () => {
    const who = await newcomer();
    const { user } = await comeIn(door.browser(), who);
    now += CODE_RESEND_MS;
    expect((await door.signIn(door.browser(), who.phone)).user).toEqual(user);
  });

  test("works once", async () => {
    const who = await newcomer();
    await comeIn(door.browser(), who);
    const other = { ...(await newcomer()), token: who.token };
    expect(await ask(door.browser(), other)).toMatchObject({ status: 404, body: { code: "no_invite" } });
  });

  test("needs the code that was mailed, in the browser that asked, within five tries", async () => {
    const browser = door.browser();
    const who = await newcomer();
    const code = await codeFor(browser, who);
    expect(await join(door.browser(), who, code)).toMatchObject({ body: { code: "code_expired" } });
    for (let tries = 1; tries < 5; tries++) {
      expect(await join(browser, who, wrong(code))).toMatchObject({ body: { code: "code_wrong" } });
    }
    expect(await join(browser, who, wrong(code))).toMatchObject({ body: { code: "code_locked" } });
    expect(await join(browser, who, code)).toMatchObject({ status: 429, body: { code: "code_locked" } });
    expect(await accounts()).toBe(2);
  });

  test("takes the code for this invite, number and address only", async () => {
    const browser = door.browser();
    const who = await newcomer();
    const code = await codeFor(browser, who);
    for (const other of [{ token: await invite() }, { phone: newNumber() }, { email: "else@example.org" }]) {
      const answer = await join(browser, { ...who, ...other }, code);
      expect(answer).toMatchObject({ status: 422, body: { code: "code_expired" } });
    }
    expect(await browser.post("/api/auth/session", { phone: who.phone, code })).toMatchObject({
      status: 422,
    });
    // Nothing of it used the code up, and a name may change until the end.
    expect(await join(browser, { ...who, name: "Catherine" }, code)).toMatchObject({
      status: 201,
      body: { user: { name: "Catherine" } },
    });
  });

  test("cleans the name, and refuses what is no name, number or address", async () => {
    const browser = door.browser();
    const who = await newcomer();
    expect(await ask(browser, { ...who, phone: "12" })).toMatchObject({ body: { code: "bad_phone" } });
    expect(await ask(browser, { ...who, email: "a@b, c@d" })).toMatchObject({ body: { code: "bad_email" } });
    const code = await codeFor(browser, who);
    expect(await join(browser, { ...who, name: " \u202e " }, code)).toMatchObject({
      body: { code: "bad_name" },
    });
    const { body } = await join(browser, { ...who, name: "  Cat\u202e \n Stevens " }, code);
    expect(body).toMatchObject({ user: { name: "Cat Stevens" } });
  });

  test("ends the session that the browser had before", async () => {
    const browser = door.browser();
    await door.signIn(browser, ben.phone);
    const before = (await browser.get("/api/me")).body as Me;
    await comeIn(browser, await newcomer());
    expect(door.ended).toEqual([`signedOut ${before.session}`]);
  });

  test("is for one of two who come at once, and the other is not half here", async () => {
    const token = await invite();
    const both = [await newcomer({ token }), await newcomer({ token })];
    const browsers = both.map(() => door.browser());
    const codes: string[] = [];
    for (const [at, who] of both.entries()) codes.push(await codeFor(browsers[at] as Browser, who));
    const answers = await Promise.all(
      both.map((who, at) => join(browsers[at] as Browser, who, codes[at] ?? "")),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404]);
    expect(await accounts()).toBe(3);
    expect(await contactsOf(database.db, ann.id)).toHaveLength(1);
  });

  test("makes one account of two invites that are used for one number at once", async () => {
    const bens = door.browser();
    await door.signIn(bens, ben.phone);
    const first = await newcomer();
    const both = [first, { ...first, token: await invite(bens), email: "other@example.org" }];
    const browsers = both.map(() => door.browser());
    const codes: string[] = [];
    for (const [at, who] of both.entries()) codes.push(await codeFor(browsers[at] as Browser, who));
    const answers = await Promise.all(
      both.map((who, at) => join(browsers[at] as Browser, who, codes[at] ?? "")),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 404]);
    expect(await accounts()).toBe(3);
  });
});

describe("who has an account already", () => {
  test("is signed in by the code and connected, when number and address are theirs", async () => {
    const browser = door.browser();
    const who = await newcomer({ name: "Somebody else", phone: ben.phone, email: ben.email });
    const { user } = await comeIn(browser, who);
    expect(user).toEqual({ id: ben.id, name: "Ben", hue: null });
    expect(door.mails.at(-1)?.text).toContain("You have an account at Parley already.");
    expect(await contactsOf(database.db, ben.id)).toMatchObject([{ id: ann.id }]);
    expect(await accounts()).toBe(2);
  });

  test("is told so by mail, and not by the answer, when the number is another one", async () => {
    const browser = door.browser();
    const who = await newcomer({ email: ben.email.toUpperCase() });
    expect(await codeFor(browser, { ...who, email: ben.email })).toBe("");
    expect(door.mails.at(-1)).toMatchObject({
      to: ben.email,
      text: expect.stringContaining("Sign in with its phone number"),
    });
    expect(await join(browser, { ...who, email: ben.email }, "000000")).toMatchObject({
      status: 422,
      body: { code: "code_wrong" },
    });
    expect(await accounts()).toBe(2);
  });

  test("opens an invite of their own: is signed in, and the invite stays", async () => {
    const who = await newcomer({ phone: ann.phone, email: ann.email });
    now += CODE_RESEND_MS;
    expect((await comeIn(door.browser(), who)).user.id).toBe(ann.id);
    expect(await door.browser().post("/api/invites/look", { token: who.token })).toMatchObject({
      status: 200,
    });
  });

  test("and was suspended gets no code, and cannot come in under the same address", async () => {
    await suspendUser(door, ben.id);
    for (const phone of [ben.phone, newNumber()]) {
      const browser = door.browser();
      expect(await codeFor(browser, await newcomer({ phone, email: ben.email }))).toBe("");
    }
    expect(await accounts()).toBe(2);
  });
});

describe("whoever tries out a number that is not theirs, by their own mailbox", () => {
  test("gets the mail that everybody gets, and spends the invite", async () => {
    const browser = door.browser();
    const fresh = await newcomer();
    const probe = await newcomer({ phone: ben.phone });
    const [freely, probing] = [await codeFor(door.browser(), fresh), await codeFor(browser, probe)];
    const [one, other] = [fresh, probe].map(({ email }) => door.mails.findLast(({ to }) => to === email));
    expect(other?.text.replace(probing, "CODE")).toBe(one?.text.replace(freely, "CODE") ?? "");
    expect(await join(browser, probe, wrong(probing))).toMatchObject({ body: { code: "code_wrong" } });
    expect(await join(browser, probe, probing)).toMatchObject({ status: 404, body: { code: "no_invite" } });
    expect(await ask(browser, { ...fresh, token: probe.token })).toMatchObject({
      body: { code: "no_invite" },
    });
    expect(await browser.get("/api/me")).toMatchObject({ status: 401 });
    expect(await accounts()).toBe(2);
  });

  test("gets ten codes for an invite, and no more", async () => {
    const token = await invite();
    for (let count = 0; count < 10; count++) {
      expect(await ask(door.browser(), await newcomer({ token }))).toMatchObject({ status: 202 });
    }
    expect(await ask(door.browser(), await newcomer({ token }))).toMatchObject({ status: 429 });
  });

  test("is held to the limits of codes: a wait, a number's hour, an address' mails", async () => {
    const tight = doors.open({ limits: { codesPerNumberHour: 1, mailsPerAddressHour: 1 } });
    const browser = tight.browser();
    const who = { ...(await newcomer()), email: "victim@example.org" };
    expect(await ask(browser, who)).toMatchObject({ status: 202 });
    expect(await ask(browser, who)).toMatchObject({ status: 429, body: { retryAfterMs: CODE_RESEND_MS } });
    now += CODE_RESEND_MS;
    expect(await ask(browser, who)).toMatchObject({ status: 429 });
    expect(await ask(browser, { ...who, phone: newNumber() })).toMatchObject({ status: 202 });
    await tight.mailed();
    expect(tight.mails).toHaveLength(1);
  });
});

test("the log of it has no name, number, address, code or token", async () => {
  const { log, text } = recordLog();
  const heard = doors.open({ log });
  const who = await newcomer();
  const browser = heard.browser();
  const code = await codeFor(browser, who, heard);
  await join(browser, { ...who, phone: ben.phone }, code);
  await join(browser, who, code);
  const written = text();
  for (const secret of [who.name, who.phone.slice(1), who.email, code, who.token]) {
    expect(written).not.toContain(secret);
  }
});
