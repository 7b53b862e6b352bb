/** Codes and their hashes through everything that can become of one: whether a log line, an answer or a mail's subject tells. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { CODE_RESEND_MS, CODE_TRIES, CODE_TTL_MS } from "#protocol/limits.ts";
import type { NewInvite } from "#protocol/http.ts";
import type { Store } from "../store/store.ts";
import type { Answer, Browser } from "../testing/browser.ts";
import { newNumber, openDoor } from "../testing/door.ts";
import type { Door } from "../testing/door.ts";
import { recordLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";

const { log, text: logged } = recordLog();
/** Codes as they were mailed. */
const codes: string[] = [];
/** Whatever the store was given of a code: its hash, and the name that it lies under. */
const kept: string[] = [];
/** Everything that a browser was answered, less the cookies that are its own. */
const answered: string[] = [];

let now = Date.UTC(2026, 5, 15, 12);
let database: TestDatabase;
let door: Door;
let storeFails = false;
let mailFails = false;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
  door = openDoor({
    db: database.db,
    clock: () => now,
    log,
    watch: remembering,
    async sendMail({ to, text }) {
      const code = /^\d{6}$/m.exec(text)?.[0];
      if (code !== undefined) codes.push(code);
      if (mailFails) throw new Error(`550 ${to}: your message was refused:\n${text}`);
    },
  });
});

afterAll(async () => {
  await door.close();
  await database.close();
});

function remembering(store: Store): Store {
  return {
    ...store,
    async set(key, value, options) {
      if (key.startsWith("code:")) {
        kept.push(key.split(":").at(-1) ?? "", (JSON.parse(value) as { codeHash: string }).codeHash);
      }
      if (storeFails) throw new Error("the store is away", { cause: new Error(`SET ${key.slice(0, 5)}`) });
      return store.set(key, value, options);
    },
  };
}

async function say(browser: Browser, path: string, body: unknown): Promise<Answer> {
  const answer = await browser.post(path, body);
  const headers = [...answer.headers].filter(([name]) => name !== "set-cookie");
  answered.push(JSON.stringify([answer.status, headers, answer.body]));
  return answer;
}

/** Asks, and returns the code that was mailed. */
async function ask(browser: Browser, phone: string): Promise<string> {
  now += CODE_RESEND_MS;
  await say(browser, "/api/auth/code", { phone });
  await door.mailed();
  return codes.at(-1) ?? "";
}

const wrong = (code: string): string => (code === "123456" ? "654321" : "123456");

test("everything becomes of codes that can", async () => {
  const [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  const browser = door.browser();
  const tries = (phone: string, code: string) => say(browser, "/api/auth/session", { phone, code });

  const first = await ask(browser, ann.phone);
  expect((await say(browser, "/api/auth/code", { phone: ann.phone })).status).toBe(429);
  expect((await tries(ann.phone, wrong(first))).body).toMatchObject({ code: "code_wrong" });
  expect((await say(door.browser(), "/api/auth/session", { phone: ann.phone, code: first })).status).toBe(
    422,
  );
  // In the wrong field, and where no field is.
  expect((await tries(first, first)).status).toBe(400);
  expect(
    (await say(browser, "/api/auth/session", { phone: ann.phone, code: { [first]: first } })).status,
  ).toBe(400);
  expect((await say(browser, `/api/auth/session/${first}?code=${first}`, {})).status).toBe(404);
  expect((await tries(ann.phone, first)).status).toBe(201);
  expect((await tries(ann.phone, first)).body).toMatchObject({ code: "code_expired" });

  const late = await ask(browser, ann.phone);
  now += CODE_TTL_MS;
  expect((await tries(ann.phone, late)).body).toMatchObject({ code: "code_expired" });

  const locked = await ask(browser, ann.phone);
  for (let turn = 0; turn < CODE_TRIES; turn++) await tries(ann.phone, wrong(locked));
  expect((await tries(ann.phone, locked)).body).toMatchObject({ code: "code_locked" });

  mailFails = true;
  await ask(door.browser(), ben.phone);
  mailFails = false;
  storeFails = true;
  now += CODE_RESEND_MS;
  expect((await say(door.browser(), "/api/auth/code", { phone: ben.phone })).status).toBe(500);
  storeFails = false;

  expect((await tries(ann.phone, await ask(browser, ann.phone))).status).toBe(201);
  const parting = await say(browser, "/api/account/deletion/code", {});
  expect(parting.status).toBe(202);
  await door.mailed();
  const last = codes.at(-1) ?? "";
  await say(browser, "/api/account/deletion", { code: wrong(last) });
  expect((await say(browser, "/api/account/deletion", { code: last })).status).toBe(204);

  expect((await say(browser, "/api/auth/code", { phone: ben.phone })).status).toBe(202);
  await door.mailed();
  expect((await tries(ben.phone, codes.at(-1) ?? "")).status).toBe(201);
  const made = (await browser.post("/api/invites", {})).body as NewInvite;
  const guest = { token: made.token, phone: newNumber(), email: "zoe@example.org" };
  const joining = door.browser();
  await say(joining, "/api/invites/code", guest);
  await door.mailed();
  const code = codes.at(-1) ?? "";
  const join = (typed: string) => say(joining, "/api/invites/join", { ...guest, name: "Zoe", code: typed });
  expect((await join(wrong(code))).body).toMatchObject({ code: "code_wrong" });
  expect((await join(code)).status).toBe(201);
  expect((await join(code)).status).toBe(404);
});

test("and no log line or answer has one, or the hash of one", () => {
  expect(codes.length).toBeGreaterThan(5);
  expect(kept.length).toBeGreaterThan(10);
  expect(logged()).toContain("sending a code by mail failed");
  expect(logged()).toContain("the store is away");
  const told = `${logged()}\n${answered.join("\n")}`;
  const alone = (digits: string) => new RegExp(`(?<![0-9a-f])${digits}(?![0-9a-f])`).test(told);
  expect(codes.filter(alone)).toEqual([]);
  const forms = kept.flatMap((hash) => {
    const bytes = Buffer.from(hash, "base64url");
    return [hash, bytes.toString("base64"), bytes.toString("hex")];
  });
  expect(forms.filter((form) => told.includes(form))).toEqual([]);
});
