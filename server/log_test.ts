/** What a started instance writes down while two people sign in and talk: everything an operator needs, nothing personal. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CaughtMail, SessionAnswer } from "#protocol/http.ts";
import { DEMO_PEOPLE } from "./admin/demo.ts";
import { withoutRows } from "./log.ts";
import { browserAt } from "./testing/browser.ts";
import type { Browser } from "./testing/browser.ts";
import { connectClient } from "./testing/client.ts";
import { newCid } from "./testing/people.ts";
import { testDatabase } from "./testing/services.ts";
import type { TestDatabase } from "./testing/services.ts";
import { until } from "./testing/until.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const TEXT = "the password of the cellar is rosebud";

interface Line {
  msg: string;
  [field: string]: unknown;
}

let dataDir: string;
let lines: Line[];
let raw: string;
/** Everything about the two people that must not be found again, by what it is. */
const personal = new Map<string, string>();
let aliceId: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "parley-log-"));
  const server = Bun.spawn([process.execPath, "--no-orphans", MAIN, "serve"], {
    env: {
      ...process.env,
      PORT: "0",
      HOST: "127.0.0.1",
      DATA_DIR: dataDir,
      DEMO: "true",
      LOG_LEVEL: "trace",
    },
    stdout: "ignore",
    stderr: "pipe",
  });
  const written = collect(server.stderr);
  await until(() => /"url":"/.test(written.text()));
  const url = /"url":"([^"]+)"/.exec(written.text())?.[1] ?? "";
  await talk(url);
  server.kill("SIGTERM");
  await server.exited;
  raw = written.text();
  lines = raw
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}, 60_000);

afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe("the log of an instance", () => {
  test("is one JSON object a line, with the instance that wrote it", () => {
    expect(lines.length).toBeGreaterThan(10);
    expect(new Set(lines.map((line) => line["instance"])).size).toBe(1);
  });

  test("holds nothing personal: no number, address, name, text, code, token or browser", () => {
    expect([...personal.values()].filter((secret) => secret === "")).toEqual([]);
    // The six digits of a code may be a piece of a longer number or id by chance: alone they must not be there.
    const alone = (digits: string) => new RegExp(`(?<![0-9a-z])${digits}(?![0-9a-z])`).test(raw);
    const holds = (secret: string) => (/^\d{6}$/.test(secret) ? alone(secret) : raw.includes(secret));
    const found = [...personal].filter(([, secret]) => holds(secret)).map(([what]) => what);
    expect(found).toEqual([]);
  });

  test("tells of the start, the drain and the stop", () => {
    expect(lineOf("listening")).toMatchObject({ postgres: "embedded", bus: "embedded" });
    expect(lineOf("draining")).toMatchObject({ connections: 1 });
    const own = lines.filter((line) => line["postgres"] === undefined || line.msg === "listening");
    expect(own.at(-1)).toMatchObject({ msg: "stopped" });
  });

  test("tells of codes and sign-ins by their results, and who came in by id", () => {
    expect(linesOf("code asked for").map((line) => line["result"])).toEqual([
      "ok",
      "ok",
      "ok",
      "rate_limited",
    ]);
    expect(linesOf("sign-in tried")).toMatchObject([
      { result: "code_wrong", user: null },
      { result: "ok", user: aliceId },
      { result: "ok" },
    ]);
  });

  test("tells of each connection's begin and end, with code, reason and lifetime", () => {
    const opened = linesOf("connection opened");
    expect(opened).toHaveLength(2);
    expect(opened[0]).toMatchObject({
      connection: expect.any(String),
      user: aliceId,
      session: expect.any(String),
    });
    const closed = linesOf("connection closed");
    expect(closed).toMatchObject([
      { closeCode: 4999, reason: "closed by the other side", lifetimeMs: expect.any(Number) },
      { closeCode: 4000, reason: "this instance stops", lifetimeMs: expect.any(Number) },
    ]);
    expect(closed.map((line) => line["connection"])).toEqual(
      opened.map((line) => line["connection"]).toReversed(),
    );
  });
});

describe("an error of the database in the log", () => {
  const SECRET = "rosebud";
  let database: TestDatabase;

  beforeAll(async () => {
    database = await testDatabase({ migrated: false });
    await database.db`create table notes (body text not null check (body !~ 'rose'), at date)`;
  });

  afterAll(() => database.close());

  test.each([
    ["a row that a check refuses", "23514", () => database.db`insert into notes values (${SECRET})`],
    ["a row that lacks something", "23502", () => database.db`insert into notes (at) values (now())`],
    ["a value that is none", "22P02", () => database.db`select ${SECRET}::uuid`],
    ["text that is no JSON", "22P02", () => database.db`select ${SECRET}::text::json`],
  ])("quotes nothing of %s, and tells what it was", async (_, code, fail) => {
    const error: Error = await fail().then(
      () => Promise.reject(new Error("Postgres took it")),
      (cause) => cause,
    );
    expect(withoutRows(error)).toMatchObject({ type: "PostgresError", code, stack: expect.any(String) });
    const outer = new Error("storing failed", { cause: error });
    expect(withoutRows(outer)["message"]).toStartWith("storing failed: ");
    for (const one of [error, outer]) expect(JSON.stringify(withoutRows(one))).not.toContain(SECRET);
  });
});

/** Two people sign in, one with a wrong code first, talk, ask too often; one leaves with a reason of his own. */
async function talk(url: string): Promise<void> {
  const [alice, bob] = DEMO_PEOPLE;
  if (alice === undefined || bob === undefined) throw new Error("the demo has two people");
  const toAlice = await signIn(url, { ...alice, wrongFirst: true });
  aliceId = toAlice.answer.user.id;
  const toBob = await signIn(url, bob);
  // A browser that signed in counts for itself: the second time is too soon.
  for (let n = 0; n < 2; n++) await toBob.browser.post("/api/auth/code", { phone: bob.phone });
  const a = await connectClient(url, { cookie: cookiesOf(toAlice.browser), leaves: false });
  const b = new WebSocket(`${url.replace("http", "ws")}/ws`, {
    headers: { cookie: cookiesOf(toBob.browser), origin: url },
  });
  await new Promise((resolve) => b.addEventListener("open", resolve));
  a.hello({ epoch: toAlice.answer.epoch });
  await a.welcome;
  a.say({ type: "message.send", cid: newCid(), to: toBob.answer.user.id, text: TEXT });
  await a.next("ack");
  a.sayRaw(JSON.stringify({ type: "message.send", cid: "x", to: alice.phone, text: TEXT }));
  await a.next("refused");
  const closed = new Promise((resolve) => b.addEventListener("close", resolve));
  b.close(4999, `call ${bob.phone}`);
  await closed;
  personal.set("the text", TEXT).set("a word of it", "rosebud");
}

async function signIn(
  url: string,
  { name, phone, wrongFirst = false }: { name: string; phone: string; wrongFirst?: boolean },
) {
  const agent = `${name}'s own browser/1.0`;
  const browser = browserAt(url, { "user-agent": agent });
  await browser.post("/api/auth/code", { phone });
  let mail: CaughtMail | undefined;
  await until(async () => {
    const mails = (await browser.get("/dev/mail.json")).body as CaughtMail[];
    mail = mails.find(({ to }) => to.includes(name.toLowerCase()));
    return mail !== undefined;
  });
  const code = /\b\d{6}\b/.exec(mail?.text ?? "")?.[0] ?? "";
  if (wrongFirst)
    await browser.post("/api/auth/session", { phone, code: code === "123456" ? "654321" : "123456" });
  const answer = (await browser.post("/api/auth/session", { phone, code })).body as SessionAnswer;
  const national = phone.replaceAll(/\D/g, "").slice(-10);
  personal.set(`${name}'s number`, phone).set(`${name}'s digits`, national).set(`${name}'s name`, name);
  personal
    .set(`${name}'s address`, mail?.to ?? "")
    .set(`${name}'s code`, code)
    .set(`${name}'s browser`, agent);
  for (const [cookie, value] of browser.cookies) personal.set(`${name}'s cookie ${cookie}`, value);
  return { browser, answer };
}

function cookiesOf(browser: Browser): string {
  return [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
}

function collect(stream: ReadableStream<Uint8Array>): { text(): string } {
  const decoder = new TextDecoder();
  let text = "";
  void (async () => {
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  })();
  return { text: () => text };
}

function linesOf(msg: string): Line[] {
  return lines.filter((line) => line.msg === msg);
}

function lineOf(msg: string): Line | undefined {
  return linesOf(msg)[0];
}
