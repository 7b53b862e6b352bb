import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { CODE_RESEND_MS, CODE_TRIES } from "#protocol/limits.ts";
import { suspendUser } from "../admin/users.ts";
import type { Store } from "../store/store.ts";
import { newNumber } from "../testing/door.ts";
import type { Door } from "../testing/door.ts";
import { createDoors } from "../testing/doors.ts";
import type { Doors } from "../testing/doors.ts";
import { recordLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";

const START = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let doors: Doors;
let now: number;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [START] });
});

afterAll(() => database.close());

beforeEach(() => {
  now = START;
  doors = createDoors({ db: database.db, clock: () => now });
});

afterEach(() => doors.close());

describe("asking for a code", () => {
  test("mails it to the person, with nothing telling in the subject", async () => {
    const door = doors.open();
    const ann = await door.addPerson("Ann");
    const answer = await door.browser().post("/api/auth/code", { phone: ann.phone });
    expect(answer).toMatchObject({ status: 202, body: { resendAfterMs: CODE_RESEND_MS } });
    await door.mailed();
    expect(door.mails).toHaveLength(1);
    expect(door.mails[0]?.to).toBe(ann.email);
    expect(door.mails[0]?.text).toMatch(/^\d{6}$/m);
    expect(door.mails[0]?.subject).not.toMatch(/\d/);
  });

  test("reads a national number in the country that the browser guesses", async () => {
    const door = doors.open();
    const ann = await door.addPerson("Ann");
    await door.browser().post("/api/auth/code", { phone: ann.phone.slice(2), country: "US" });
    await door.mailed();
    expect(door.mails[0]?.to).toBe(ann.email);
  });

  test("again too soon says when to come back", async () => {
    const door = doors.open();
    const { phone } = await door.addPerson("Ann");
    const browser = door.browser();
    await browser.post("/api/auth/code", { phone });
    now += 10_500;
    const answer = await browser.post("/api/auth/code", { phone });
    expect(answer).toMatchObject({ status: 429, body: { code: "rate_limited", retryAfterMs: 19_500 } });
    expect(answer.headers.get("retry-after")).toBe("20");
    now += 19_500;
    expect(await browser.post("/api/auth/code", { phone })).toMatchObject({ status: 202 });
  });

  test("too often from one address is refused; another address is not", async () => {
    const door = doors.open({ limits: { codesPerIpHour: 1 } });
    const first = door.browser({ "x-forwarded-for": "198.51.100.1" });
    const second = door.browser({ "x-forwarded-for": "198.51.100.2" });
    expect(await first.post("/api/auth/code", { phone: newNumber() })).toMatchObject({ status: 202 });
    expect(await first.post("/api/auth/code", { phone: newNumber() })).toMatchObject({ status: 429 });
    expect(await second.post("/api/auth/code", { phone: newNumber() })).toMatchObject({ status: 202 });
  });

  test.each([
    [{ phone: "202 555 0101" }, "bad_phone"],
    [{ phone: "hello", country: "US" }, "bad_phone"],
    [{ phone: "" }, "bad_request"],
    [{ phone: "1".repeat(41) }, "bad_request"],
    [{ phone: 12_025_550_101 }, "bad_request"],
    [{}, "bad_request"],
    [[], "bad_request"],
  ])("with %j is refused as %s", async (body, code) => {
    const answer = await doors.open().browser().post("/api/auth/code", body);
    expect(answer).toMatchObject({ status: 400, body: { code } });
  });

  test("from another site is refused before it does anything", async () => {
    const door = doors.open();
    const { phone } = await door.addPerson("Ann");
    const evil = door.browser({ origin: "https://evil.example" });
    const answer = await evil.post("/api/auth/code", { phone });
    expect(answer).toMatchObject({ status: 403, body: { code: "forbidden_origin" } });
    await door.mailed();
    expect(door.mails).toEqual([]);
  });

  test("is answered also when the mail cannot be sent, and the log has neither address nor code", async () => {
    const { log, text } = recordLog();
    const sent: string[] = [];
    const door = doors.open({
      log,
      async sendMail(mail) {
        sent.push(mail.to, /^\d{6}$/m.exec(mail.text)?.[0] ?? "");
        throw new Error(`550 no such mailbox: ${mail.to}`);
      },
    });
    const { phone } = await door.addPerson("Ann");
    expect(await door.browser().post("/api/auth/code", { phone })).toMatchObject({ status: 202 });
    await door.mailed();
    expect(text()).toContain("sending a code by mail failed");
    expect(sent).toHaveLength(2);
    for (const secret of [...sent, phone.slice(1)]) expect(text()).not.toContain(secret);
  });
});

describe("somebody who asks and asks for another person's number", () => {
  const victim = { "x-forwarded-for": "198.51.100.1" };
  const attackers = Array.from({ length: 40 }, (_, at) => ({ "x-forwarded-for": `203.0.113.${at}` }));

  /** Asks from everywhere, once in half a minute, for as long as it takes to be refused everywhere. */
  async function attack(door: Door, phone: string): Promise<void> {
    for (const headers of attackers) {
      const stranger = door.browser(headers);
      for (let code = 0; code < 3; code++) {
        await stranger.post("/api/auth/code", { phone });
        now += CODE_RESEND_MS;
      }
    }
    await door.mailed();
  }

  test("voids no code that the person has in their hands", async () => {
    const door = doors.open();
    const ann = await door.addPerson("Ann");
    const browser = door.browser(victim);
    const code = await door.askForCode(browser, ann.phone);
    await door.browser(attackers[0]).post("/api/auth/code", { phone: ann.phone });
    await door.mailed();
    expect(door.mails).toHaveLength(2);
    expect(await browser.post("/api/auth/session", { phone: ann.phone, code })).toMatchObject({
      status: 201,
    });
  });

  test("sends them no more mails than a number may have, and keeps nobody out of a browser of theirs", async () => {
    const door = doors.open({ limits: { codesPerNumberHour: 6 } });
    const ann = await door.addPerson("Ann");
    const browser = door.browser(victim);
    await door.signIn(browser, ann.phone);
    await browser.delete("/api/auth/session");
    const before = door.mails.length;
    await attack(door, ann.phone);
    const hours = Math.ceil((attackers.length * 3 * CODE_RESEND_MS) / (60 * 60 * 1_000));
    expect(door.mails.length - before).toBeLessThanOrEqual(6 * hours);
    expect(await door.signIn(browser, ann.phone)).toMatchObject({ user: { id: ann.id } });
  });

  test("from one network leaves the person's own network its part, in a browser that is new, too", async () => {
    const door = doors.open({ limits: { codesPerNumberHour: 6 } });
    const ann = await door.addPerson("Ann");
    for (let code = 0; code < 20; code++) {
      await door.browser(attackers[0]).post("/api/auth/code", { phone: ann.phone });
      now += CODE_RESEND_MS;
    }
    expect(await door.signIn(door.browser(victim), ann.phone)).toMatchObject({ user: { id: ann.id } });
  });

  test("guesses no more than the codes of an hour have tries", async () => {
    const door = doors.open({ limits: { codesPerNumberHour: 6 } });
    const ann = await door.addPerson("Ann");
    const outcomes: string[] = [];
    for (const headers of attackers) {
      const stranger = door.browser(headers);
      if ((await stranger.post("/api/auth/code", { phone: ann.phone })).status !== 202) continue;
      const guesses = Array.from({ length: 20 }, () =>
        stranger.post("/api/auth/session", { phone: ann.phone, code: "none" }),
      );
      for (const { body } of await Promise.all(guesses)) outcomes.push((body as { code: string }).code);
    }
    expect(outcomes.filter((code) => code === "code_wrong")).toHaveLength(6 * (CODE_TRIES - 1));
  });
});

describe("what a browser says of its address", () => {
  test("is not believed: whoever changes it is counted all the same", async () => {
    const door = doors.open({ limits: { codesPerIpHour: 3 }, trustedProxies: [] });
    const statuses: number[] = [];
    for (let at = 0; at < 6; at++) {
      const headers = {
        "x-forwarded-for": `198.51.100.${at}`,
        "x-real-ip": `198.51.100.${at}`,
        forwarded: `for=${at}`,
      };
      statuses.push((await door.browser(headers).post("/api/auth/code", { phone: newNumber() })).status);
    }
    expect(statuses).toEqual([202, 202, 202, 429, 429, 429]);
  });

  test("behind a trusted proxy is what that proxy added, and an IPv6 network is one asker", async () => {
    const door = doors.open({ limits: { codesPerIpHour: 2 } });
    const ask = async (hops: string) =>
      (await door.browser({ "x-forwarded-for": hops }).post("/api/auth/code", { phone: newNumber() })).status;
    expect(await ask("1.1.1.1, 2001:db8::1")).toBe(202);
    expect(await ask("2.2.2.2, 2001:db8::2")).toBe(202);
    expect(await ask("3.3.3.3, 2001:db8::ffff:3")).toBe(429);
    expect(await ask("2001:db8:0:1::1")).toBe(202);
  });
});

describe("a number that nobody has", () => {
  test("gets the same answer, down to the cookie, and no mail is sent", async () => {
    const door = doors.open();
    const ann = await door.addPerson("Ann");
    const [known, unknown] = [door.browser(), door.browser()];
    const [one, other] = [
      await known.post("/api/auth/code", { phone: ann.phone }),
      await unknown.post("/api/auth/code", { phone: newNumber() }),
    ];
    await door.mailed();
    expect(door.mails.map((mail) => mail.to)).toEqual([ann.email]);
    expect([other.status, other.body]).toEqual([one.status, one.body]);
    expect([...other.headers.keys()]).toEqual([...one.headers.keys()]);
    const [shape, otherShape] = [known, unknown].map(({ cookies }) =>
      [...cookies].map(([name, value]) => [name, value.length]),
    );
    expect(otherShape).toEqual(shape ?? []);
  });

  test("goes the same way through the store, and so does a suspended one", async () => {
    const uses: string[] = [];
    const door = doors.open({ watch: (store) => tell(store, uses) });
    const [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
    await suspendUser(door, ben.id);
    const ways: string[][] = [];
    for (const phone of [ann.phone, newNumber(), ben.phone]) {
      uses.length = 0;
      const browser = door.browser();
      await browser.post("/api/auth/code", { phone });
      await browser.post("/api/auth/session", { phone, code: "none" });
      await door.mailed();
      ways.push([...uses]);
    }
    const [known, unknown, suspended] = ways;
    expect(known?.length).toBeGreaterThan(5);
    expect(unknown).toEqual(known ?? []);
    expect(suspended).toEqual(known ?? []);
    expect(door.mails.map((mail) => mail.to)).toEqual([ann.email]);
  });
});

/** Tells what an answer asks the store for: the verb, the kind of key, the size and the life. */
function tell(store: Store, uses: string[]): Store {
  // The budget of mails is looked at when the answer has left.
  const note = (key: string, use: string) => {
    if (!key.startsWith("limit.mail")) uses.push(use);
  };
  return {
    ...store,
    get(key) {
      note(key, `get ${kindOf(key)}`);
      return store.get(key);
    },
    set(key, value, options) {
      note(key, `set ${kindOf(key)} ${value.length} ${options.ttlMs}`);
      return store.set(key, value, options);
    },
    delete(key) {
      note(key, `delete ${kindOf(key)}`);
      return store.delete(key);
    },
    increment(key, options) {
      note(key, `increment ${kindOf(key)} ${options.ttlMs}`);
      return store.increment(key, options);
    },
  };
}

function kindOf(key: string): string | undefined {
  return key.split(":")[0];
}
