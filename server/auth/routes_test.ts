import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Me, SessionRow } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { CODE_RESEND_MS } from "#protocol/limits.ts";
import { suspendUser } from "../admin/users.ts";
import { selectFrames } from "../inbox/queries.ts";
import { newNumber } from "../testing/door.ts";
import type { Door, DoorPerson } from "../testing/door.ts";
import { createDoors } from "../testing/doors.ts";
import type { Doors } from "../testing/doors.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";

const DAY_MS = 24 * 60 * 60_000;
const CHROME = "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0 Safari/537.36";
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile Safari/604.1";

let database: TestDatabase;
let doors: Doors;
let door: Door;
let ann: DoorPerson;
let now: number;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [Date.UTC(2026, 5, 15, 12)] });
});

afterAll(() => database.close());

beforeEach(async () => {
  now = Date.UTC(2026, 5, 15, 12);
  doors = createDoors({ db: database.db, clock: () => now });
  door = doors.open();
  ann = await door.addPerson("Ann");
});

afterEach(() => doors.close());

describe("signing in", () => {
  test("with the mailed code opens a session that the browser then carries", async () => {
    const browser = door.browser();
    const { user, epoch } = await door.signIn(browser, ann.phone);
    expect(user).toEqual({ id: ann.id, name: "Ann", hue: null });
    const me = await browser.get("/api/me");
    expect(me.status).toBe(200);
    expect(me.body).toEqual({
      id: ann.id,
      name: "Ann",
      hue: null,
      showsPresence: true,
      sendsReceipts: true,
      phoneHint: ann.phone.slice(-2),
      role: "member",
      epoch,
      session: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("sets a cookie that scripts cannot read and other sites do not send, and drops the challenge", async () => {
    const browser = door.browser();
    const code = await door.askForCode(browser, ann.phone);
    const answer = await browser.post("/api/auth/session", { phone: ann.phone, code });
    const [session, challenge, known] = answer.headers.getSetCookie();
    expect(session).toMatch(/^parley=[\w-]{43}; Path=\/; Max-Age=7776000; HttpOnly; SameSite=Lax$/);
    expect(challenge).toMatch(/^parley-challenge=; Path=\/; Max-Age=0; HttpOnly; SameSite=Lax$/);
    expect(known).toMatch(/^parley-known=[\w.-]{66}; Path=\/; Max-Age=31536000; HttpOnly; SameSite=Lax$/);
    expect([...browser.cookies.keys()]).toEqual(["parley", "parley-known"]);
  });

  test("in another browser than the one that asked does not work", async () => {
    const code = await door.askForCode(door.browser(), ann.phone);
    const answer = await door.browser().post("/api/auth/session", { phone: ann.phone, code });
    expect(answer).toMatchObject({ status: 422, body: { code: "code_expired" } });
  });

  test("with five wrong codes locks the right one", async () => {
    const browser = door.browser();
    const { phone } = ann;
    const code = await door.askForCode(browser, phone);
    const wrong = code === "000000" ? "000001" : "000000";
    const refusals: unknown[] = [];
    for (let tries = 0; tries < 5; tries++) {
      const { body } = await browser.post("/api/auth/session", { phone, code: wrong });
      refusals.push((body as { code: string }).code);
    }
    expect(refusals).toEqual(["code_wrong", "code_wrong", "code_wrong", "code_wrong", "code_locked"]);
    const answer = await browser.post("/api/auth/session", { phone, code });
    expect(answer).toMatchObject({
      status: 429,
      body: { code: "code_locked", retryAfterMs: CODE_RESEND_MS },
    });
  });

  test("too often from one address is refused before the code is looked at", async () => {
    const browser = doors.open({ limits: { triesPerIpHour: 1 } }).browser();
    const guess = { phone: newNumber(), code: "123456" };
    expect(await browser.post("/api/auth/session", guess)).toMatchObject({ body: { code: "code_expired" } });
    expect(await browser.post("/api/auth/session", guess)).toMatchObject({ body: { code: "rate_limited" } });
  });

  test("ends the session that this browser had before", async () => {
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    const before = (await browser.get("/api/me")).body as Me;
    const old = browser.cookies.get("parley") ?? "";
    now += CODE_RESEND_MS;
    await door.signIn(browser, ann.phone);
    expect(door.ended).toEqual([`signedOut ${before.session}`]);
    expect(await door.sessions.find(old)).toBeNull();
    expect(await browser.get("/api/sessions")).toMatchObject({ body: [{ current: true }] });
  });

  test("does not work for who was suspended after asking", async () => {
    const browser = door.browser();
    const code = await door.askForCode(browser, ann.phone);
    await suspendUser(door, ann.id);
    const answer = await browser.post("/api/auth/session", { phone: ann.phone, code });
    expect(answer).toMatchObject({ status: 422, body: { code: "code_expired" } });
    expect(await door.sessions.list(ann.id)).toEqual([]);
  });

  test("does not slip past a suspension that comes just as the session opens", async () => {
    const meanwhile: UserId[] = [];
    const raced = doors.open({
      watch: (store) => ({
        ...store,
        async set(key, value, options) {
          const opens = key.startsWith("session.id:");
          for (const user of opens ? meanwhile : []) await suspendUser(raced, user);
          return store.set(key, value, options);
        },
      }),
    });
    const eve = await raced.addPerson("Eve");
    meanwhile.push(eve.id);
    const browser = raced.browser();
    const code = await raced.askForCode(browser, eve.phone);
    const answer = await browser.post("/api/auth/session", { phone: eve.phone, code });
    expect(answer).toMatchObject({ status: 422, body: { code: "code_expired" } });
    expect(await raced.sessions.list(eve.id)).toEqual([]);
  });
});

describe("a sign-in", () => {
  const inbox = async () =>
    (await selectFrames(database.db, ann.id, { after: 0, limit: 10, since: 0 })).map(({ frame }) =>
      JSON.parse(frame),
    );

  test("that is an account's very first is news to nobody", async () => {
    await door.signIn(door.browser(), ann.phone);
    await door.mailed();
    expect(door.mails).toHaveLength(1);
    expect(await inbox()).toEqual([]);
  });

  test("on another device is told to the others by an event, and by mail", async () => {
    await door.signIn(door.browser({ "user-agent": CHROME }), ann.phone);
    now += DAY_MS;
    const mobile = door.browser({ "user-agent": IPHONE });
    await door.signIn(mobile, ann.phone);
    await door.mailed();
    const { session } = (await mobile.get("/api/me")).body as Me;
    const news = { id: session, device: "Safari on iPhone", at: now };
    expect(await inbox()).toEqual([{ type: "event", cursor: 1, kind: "session", session: news }]);
    expect(door.told.flatMap(({ rows }) => rows.map(({ frame }) => JSON.parse(frame)))).toEqual(
      await inbox(),
    );
    const mail = door.mails.at(-1);
    expect([mail?.to, mail?.subject]).toEqual([ann.email, "New sign-in to Parley"]);
    expect(mail?.text).toContain("Safari on iPhone\nTue, 16 Jun 2026 12:00:00 GMT");
    expect(mail?.text).not.toContain(ann.phone.slice(-4));
  });

  test("is told by mail also to who is signed in nowhere", async () => {
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    await browser.delete("/api/auth/session");
    now += CODE_RESEND_MS;
    await door.signIn(door.browser(), ann.phone);
    await door.mailed();
    expect(door.mails.at(-1)?.subject).toBe("New sign-in to Parley");
  });

  test("that cannot be told of is none: nobody is let in untold", async () => {
    await door.signIn(door.browser(), ann.phone);
    now += CODE_RESEND_MS;
    const browser = door.browser();
    const code = await door.askForCode(browser, ann.phone);
    await database.db`alter table sign_ins rename to sign_ins_away`;
    const answer = await browser.post("/api/auth/session", { phone: ann.phone, code });
    await database.db`alter table sign_ins_away rename to sign_ins`;
    expect(answer).toMatchObject({ status: 500, body: { code: "internal" } });
    expect(await door.sessions.list(ann.id)).toHaveLength(1);
  });
});

describe("a session", () => {
  test("is asked for by every door but those of signing in and out", async () => {
    const stranger = door.browser();
    for (const path of ["/api/me", "/api/sessions", "/api/contacts"]) {
      expect(await stranger.get(path)).toMatchObject({ status: 401, body: { code: "not_signed_in" } });
    }
    expect(await stranger.delete(`/api/sessions/${crypto.randomUUID()}`)).toMatchObject({ status: 401 });
    expect(await stranger.delete("/api/auth/session")).toMatchObject({ status: 204 });
  });

  test("is told of to who has it; that there is none is no error", async () => {
    const browser = door.browser();
    expect(await browser.get("/api/auth/session")).toMatchObject({ status: 200, body: { me: null } });
    await door.signIn(browser, ann.phone);
    const { body: me } = await browser.get("/api/me");
    expect(await browser.get("/api/auth/session")).toMatchObject({ status: 200, body: { me } });
    browser.cookies.set("parley", "forged");
    expect(await browser.get("/api/auth/session")).toMatchObject({ status: 200, body: { me: null } });
  });

  test("that signs out is over, and its cookie gone", async () => {
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    const { session } = (await browser.get("/api/me")).body as Me;
    const token = browser.cookies.get("parley") ?? "";
    expect(await browser.delete("/api/auth/session")).toMatchObject({ status: 204, body: null });
    expect([...browser.cookies.keys()]).toEqual(["parley-known"]);
    expect(door.ended).toEqual([`signedOut ${session}`]);
    expect(await door.sessions.find(token)).toBeNull();
  });

  test("lists the person's devices, newest use first, and says which is this one", async () => {
    const [laptop, mobile] = [door.browser({ "user-agent": CHROME }), door.browser({ "user-agent": IPHONE })];
    await door.signIn(laptop, ann.phone);
    now += DAY_MS;
    await door.signIn(mobile, ann.phone);
    const rows = (await mobile.get("/api/sessions")).body as SessionRow[];
    expect(rows).toEqual([
      {
        id: expect.any(String),
        device: "Safari on iPhone",
        createdAt: now,
        lastSeenAt: now,
        current: true,
      },
      {
        id: expect.any(String),
        device: "Chrome on Linux",
        createdAt: now - DAY_MS,
        lastSeenAt: now - DAY_MS,
        current: false,
      },
    ]);
  });

  test("can be revoked from another device of its owner", async () => {
    const [laptop, mobile] = [door.browser(), door.browser()];
    await door.signIn(laptop, ann.phone);
    now += CODE_RESEND_MS;
    await door.signIn(mobile, ann.phone);
    const { session } = (await mobile.get("/api/me")).body as Me;
    expect(await laptop.delete(`/api/sessions/${session}`)).toMatchObject({ status: 204 });
    expect(await mobile.get("/api/me")).toMatchObject({ status: 401 });
    expect(door.ended).toEqual([`revoked ${session}`]);
  });

  test("revokes all others at once, and nobody else's", async () => {
    const [here, ...others] = [door.browser(), door.browser(), door.browser()];
    for (const browser of [here, ...others]) {
      await door.signIn(browser, ann.phone);
      now += CODE_RESEND_MS;
    }
    const ben = await door.addPerson("Ben");
    const bens = door.browser();
    await door.signIn(bens, ben.phone);
    expect(await here.delete("/api/sessions")).toMatchObject({ status: 204, body: null });
    for (const browser of others) expect(await browser.get("/api/me")).toMatchObject({ status: 401 });
    expect(await here.get("/api/sessions")).toMatchObject({ body: [{ current: true }] });
    expect(await bens.get("/api/me")).toMatchObject({ status: 200 });
    expect(await door.browser().delete("/api/sessions")).toMatchObject({ status: 401 });
  });

  test("cannot be revoked by anybody else, who does not learn either that it exists", async () => {
    const [anns, bens] = [door.browser(), door.browser()];
    const ben = await door.addPerson("Ben");
    await door.signIn(anns, ann.phone);
    await door.signIn(bens, ben.phone);
    const { session } = (await anns.get("/api/me")).body as Me;
    const answers = [
      await bens.delete(`/api/sessions/${session}`),
      await bens.delete(`/api/sessions/${crypto.randomUUID()}`),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: { code: "not_found" } });
    }
    const nonsense = await bens.delete("/api/sessions/nonsense");
    expect(nonsense).toMatchObject({ status: 400, body: { code: "bad_request" } });
    expect(await anns.get("/api/me")).toMatchObject({ status: 200 });
  });

  test("that revokes itself takes its cookie along", async () => {
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    const { session } = (await browser.get("/api/me")).body as Me;
    expect(await browser.delete(`/api/sessions/${session}`)).toMatchObject({ status: 204 });
    expect([...browser.cookies.keys()]).toEqual(["parley-known"]);
  });

  test("is not opened by a token that is made up or changed", async () => {
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    const token = browser.cookies.get("parley") ?? "";
    for (const forged of ["", "x", token.slice(1), `${token}x`, token.split("").toReversed().join("")]) {
      browser.cookies.set("parley", forged);
      expect(await browser.get("/api/me")).toMatchObject({ status: 401 });
    }
  });
});
