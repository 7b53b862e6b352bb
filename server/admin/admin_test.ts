import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { UserId } from "#protocol/ids.ts";
import { CODE_RESEND_MS } from "#protocol/limits.ts";
import { createKeys } from "../auth/keys.ts";
import { keyFileOf, loadOrMakeKeys } from "../auth/keys_file.ts";
import { readKeys } from "../config.ts";
import type { SecretKey } from "../config.ts";
import { contactsOf } from "../contacts/queries.ts";
import { DAY_MS } from "../retention/kept.ts";
import { purge } from "../retention/purge.ts";
import { newNumber, openDoor } from "../testing/door.ts";
import type { Door } from "../testing/door.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { runAdmin } from "./admin.ts";
import { readAudit, writeAudit } from "./audit.ts";
import type { AdminDeps } from "./command.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let database: TestDatabase;
let door: Door;
let keyFile: AdminDeps["keyFile"] = null;
let running: { keys: string[] }[] = [];
let now = Date.UTC(2026, 5, 15, 12);

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

beforeEach(() => {
  door = openDoor({ db: database.db, clock: () => now });
});

afterEach(async () => {
  await door.close();
  await database.db`truncate users cascade`;
});

/** Runs a command as from a terminal. */
async function run(...args: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const exitCode = await runAdmin(args, {
    ...door,
    origin: "a test",
    appended: (told) => void door.told.push(told),
    roster: async () => running,
    keyFile,
    print: (line) => printed.push(line),
    complain: (line) => complained.push(line),
  });
  return { exitCode, printed: printed.join("\n"), complained: complained.join("\n") };
}

describe("user add", () => {
  const ann = ["--name", " Ann  Lee ", "--phone", "+1 (202) 555-0101", "--email", "Ann@Example.org"];

  test("prints the id of somebody who can then sign in", async () => {
    const { exitCode, printed } = await run("user", "add", ...ann);
    expect(exitCode).toBe(0);
    expect(printed).toMatch(UUID);
    const { user } = await door.signIn(door.browser(), "+12025550101");
    expect(user).toEqual({ id: printed as never, name: "Ann Lee", hue: null });
    expect(door.mails[0]?.to).toBe("Ann@example.org");
  });

  test("refuses a number that somebody has, and does not repeat it", async () => {
    await run("user", "add", ...ann);
    const { exitCode, printed, complained } = await run("user", "add", ...ann);
    expect(exitCode).toBe(1);
    expect(printed).toBe("");
    expect(complained).toContain("this phone number already");
    expect(complained).not.toContain("555");
  });

  test("by two at once adds one", async () => {
    const runs = await Promise.all([run("user", "add", ...ann), run("user", "add", ...ann)]);
    expect(runs.map(({ exitCode }) => exitCode).toSorted()).toEqual([0, 1]);
    expect((await run("user", "list")).printed.split("\n")).toHaveLength(1);
  });

  test.each([
    [["--name", " ", "--phone", "+12025550101", "--email", "ann@example.org"], "A name has"],
    [["--name", "x".repeat(81), "--phone", "+12025550101", "--email", "ann@example.org"], "A name has"],
    [["--name", "Ann", "--phone", "202 555 0101", "--email", "ann@example.org"], "country code"],
    [["--name", "Ann", "--phone", "+12025550101", "--email", "ann"], "email address"],
  ])("%j cannot be done", async (args, reason) => {
    const { exitCode, complained } = await run("user", "add", ...args);
    expect(exitCode).toBe(1);
    expect(complained).toContain(reason);
  });
});

test("user list shows names, states and two digits, never a number or an address", async () => {
  const [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
  await run("user", "suspend", "--id", ben.id);
  const { printed } = await run("user", "list");
  expect(printed.split("\n")).toEqual([
    `${ann.id}  ..${ann.phone.slice(-2)}  active     member  Ann`,
    `${ben.id}  ..${ben.phone.slice(-2)}  suspended  member  Ben`,
  ]);
});

describe("user suspend", () => {
  test("signs the person out everywhere and keeps them out, until unsuspended", async () => {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    expect(await run("user", "suspend", "--phone", ann.phone)).toMatchObject({
      exitCode: 0,
      printed: "Ann is suspended; 1 session(s) ended.",
    });
    expect(door.ended).toEqual([expect.stringMatching(/^revoked /)]);
    expect(await browser.get("/api/me")).toMatchObject({ status: 401 });

    door.mails.length = 0;
    now += CODE_RESEND_MS;
    await browser.post("/api/auth/code", { phone: ann.phone });
    await door.mailed();
    expect(door.mails).toEqual([]);

    now += CODE_RESEND_MS;
    await run("user", "unsuspend", "--phone", ann.phone);
    expect(await door.signIn(browser, ann.phone)).toMatchObject({ user: { name: "Ann" } });
  });

  test("twice is harmless and keeps the first moment", async () => {
    const ann = await door.addPerson("Ann");
    const at = now;
    await run("user", "suspend", "--id", ann.id);
    now += 1;
    await run("user", "suspend", "--id", ann.id);
    const [row] = await database.db`select suspended_at as at from users where id = ${ann.id}`;
    expect(row?.["at"]).toBe(at);
  });
});

describe("user reset", () => {
  test("lets who has to wait ask at once, and voids the code from before", async () => {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    const early = await door.askForCode(browser, ann.phone);
    expect(await browser.post("/api/auth/code", { phone: ann.phone })).toMatchObject({ status: 429 });
    expect(await run("user", "reset", "--phone", ann.phone)).toMatchObject({
      exitCode: 0,
      printed: "Ann may ask for a code at once; an earlier one is void.",
    });
    const answer = await browser.post("/api/auth/session", { phone: ann.phone, code: early });
    expect(answer).toMatchObject({ body: { code: "code_expired" } });
    await door.signIn(browser, ann.phone);
  });

  test("forgives who has asked for too many codes", async () => {
    await door.close();
    door = openDoor({ db: database.db, clock: () => now, limits: { codesPerNumberHour: 1 } });
    const ann = await door.addPerson("Ann");
    await door.askForCode(door.browser(), ann.phone);
    now += CODE_RESEND_MS;
    expect(await door.browser().post("/api/auth/code", { phone: ann.phone })).toMatchObject({ status: 429 });
    await run("user", "reset", "--id", ann.id);
    await door.askForCode(door.browser(), ann.phone);
  });
});

describe("connect", () => {
  test("makes two people contacts, by number or by id", async () => {
    const [ann, ben, cat] = [
      await door.addPerson("Ann"),
      await door.addPerson("Ben"),
      await door.addPerson("Cat"),
    ];
    const byPhone = await run("connect", "--phone", ann.phone, "--phone", ben.phone);
    expect(byPhone).toMatchObject({ exitCode: 0, printed: "Ann and Ben are contacts." });
    const mixed = await run("connect", "--id", cat.id, "--phone", ann.phone);
    expect(mixed.exitCode).toBe(0);
    const names = (await contactsOf(database.db, ann.id)).map((contact) => contact.name);
    expect(names).toEqual(["Ben", "Cat"]);
  });

  test("says so when they were already", async () => {
    const [ann, ben] = [await door.addPerson("Ann"), await door.addPerson("Ben")];
    await run("connect", "--id", ann.id, "--id", ben.id);
    const again = await run("connect", "--id", ben.id, "--id", ann.id);
    expect(again).toMatchObject({ exitCode: 0, printed: "Ben and Ann were already contacts." });
  });

  test("needs two different people who exist", async () => {
    const { id } = await door.addPerson("Ann");
    const unknown = newNumber();
    expect(await run("connect", "--id", id, "--id", id)).toMatchObject({ exitCode: 1 });
    expect(await run("connect", "--id", id, "--id", crypto.randomUUID())).toMatchObject({ exitCode: 1 });
    expect(await run("connect", "--id", id, "--id", "nonsense")).toMatchObject({ exitCode: 1 });
    const { exitCode, complained } = await run("connect", "--id", id, "--phone", unknown);
    expect(exitCode).toBe(1);
    expect(complained).toBe(`Nobody has the number that ends in ${unknown.slice(-2)}.`);
  });
});

describe("user delete", () => {
  test("ends an account as its owner could, once it was said that it is meant", async () => {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    const asked = await run("user", "delete", "--phone", ann.phone);
    expect([asked.exitCode, asked.complained]).toEqual([2, expect.stringContaining("cannot be undone")]);
    expect(await browser.get("/api/me")).toMatchObject({ status: 200 });
    expect(await run("user", "delete", "--phone", ann.phone, "--yes")).toMatchObject({ exitCode: 0 });
    expect(await browser.get("/api/me")).toMatchObject({ status: 401 });
    expect((await run("user", "list")).printed).toBe("");
    expect((await readAudit(database.db, { limit: 1 }))[0]).toMatchObject({
      act: "user.delete",
      subject: ann.id,
    });
    for (const command of ["suspend", "unsuspend", "reset", "delete"]) {
      expect((await run("user", command, "--id", ann.id, "--yes")).exitCode).toBe(1);
    }
  });
});

describe("user role", () => {
  test("makes somebody an administrator, and a member again", async () => {
    const ann = await door.addPerson("Ann");
    const browser = door.browser();
    await door.signIn(browser, ann.phone);
    expect(await browser.get("/api/me")).toMatchObject({ body: { role: "member" } });
    const made = await run("user", "role", "--phone", ann.phone, "--role", "admin");
    expect(made).toMatchObject({ exitCode: 0, printed: "Ann is an administrator now." });
    expect(await browser.get("/api/me")).toMatchObject({ body: { role: "admin" } });
    expect((await run("user", "list")).printed).toContain("active     admin   Ann");
    await run("user", "role", "--id", ann.id, "--role", "member");
    expect(await browser.get("/api/me")).toMatchObject({ body: { role: "member" } });
  });

  test("takes roles that exist, and people who do", async () => {
    const { id } = await door.addPerson("Ann");
    expect(await run("user", "role", "--id", id, "--role", "king")).toMatchObject({ exitCode: 2 });
    expect(await run("user", "role", "--id", crypto.randomUUID(), "--role", "admin")).toMatchObject({
      exitCode: 1,
    });
  });
});

describe("sessions", () => {
  test("are listed by device and moment, without the token, and ended one by one or all", async () => {
    const ann = await door.addPerson("Ann");
    const [laptop, mobile] = [door.browser(), door.browser()];
    await door.signIn(laptop, ann.phone);
    now += CODE_RESEND_MS;
    await door.signIn(mobile, ann.phone);
    const { printed } = await run("sessions", "list", "--phone", ann.phone);
    const [heading, first = "", ...others] = printed.split("\n");
    expect([heading?.startsWith("session"), others.length]).toEqual([true, 1]);
    expect(first).toContain(new Date(now).toISOString());
    expect(printed).not.toContain(mobile.cookies.get("parley") ?? "");

    const [session = ""] = first.split(" ");
    const one = await run("sessions", "revoke", "--id", ann.id, "--session", session);
    expect(one.printed).toBe("1 session(s) of Ann ended.");
    expect(await mobile.get("/api/me")).toMatchObject({ status: 401 });
    expect(await laptop.get("/api/me")).toMatchObject({ status: 200 });
    expect((await run("sessions", "revoke", "--id", ann.id, "--session", session)).exitCode).toBe(1);
    expect((await run("sessions", "revoke", "--phone", ann.phone)).printed).toBe(
      "1 session(s) of Ann ended.",
    );
    expect((await run("sessions", "list", "--id", ann.id)).printed).toBe("Ann is signed in nowhere.");
  });

  test("are named by id", async () => {
    const { id } = await door.addPerson("Ann");
    expect(await run("sessions", "revoke", "--id", id, "--session", "mine")).toMatchObject({ exitCode: 2 });
  });
});

describe("the audit", () => {
  const read = () => readAudit(database.db, { limit: 1_000 });

  test("has every act, by whom, to whom and when, and nobody's name or number", async () => {
    const [before = null] = await readAudit(database.db, { limit: 1 });
    const added = await run(
      "user",
      "add",
      "--name",
      "Zelda",
      "--phone",
      newNumber(),
      "--email",
      "z@example.org",
    );
    const zelda = added.printed;
    const ann = await door.addPerson("Ann");
    await run("connect", "--id", zelda, "--id", ann.id);
    await run("user", "role", "--id", zelda, "--role", "admin");
    await run("user", "reset", "--id", zelda);
    await run("sessions", "list", "--id", zelda);
    await run("sessions", "revoke", "--id", zelda);
    await run("user", "suspend", "--id", zelda);
    await run("user", "unsuspend", "--id", zelda);
    await run("keys", "new");
    await run("keys", "reseal");

    const rows = (await read()).filter(({ number }) => number > (before?.number ?? 0)).toReversed();
    const subject = zelda as UserId;
    expect(rows.map(({ act, subject, detail }) => ({ act, subject, detail }))).toEqual([
      { act: "user.add", subject, detail: {} },
      { act: "user.connect", subject, detail: { with: ann.id } },
      { act: "user.role", subject, detail: { role: "admin" } },
      { act: "user.reset", subject, detail: {} },
      { act: "sessions.look", subject, detail: {} },
      { act: "sessions.revoke", subject, detail: {} },
      { act: "user.suspend", subject, detail: {} },
      { act: "user.unsuspend", subject, detail: {} },
      { act: "keys.make", subject: null, detail: { key: "k2" } },
      { act: "keys.reseal", subject: null, detail: { key: "k1" } },
    ]);
    for (const { at, terminal } of rows) {
      expect(at).toBe(now);
      expect([userInfo().username, `uid ${userInfo().uid}`]).toContain(terminal ?? "");
    }

    const { printed } = await run("audit", "list", "--limit", "10");
    expect(printed.split("\n")).toHaveLength(11);
    expect(printed).toContain(`user.role        ${zelda}  role=admin`);
    expect(printed).not.toContain("Zelda");
  });

  test("has an act or nothing of it: what failed is not there", async () => {
    const ann = await door.addPerson("Ann");
    const before = (await read()).length;
    await run("user", "add", "--name", "Ann", "--phone", ann.phone, "--email", "ann@example.org");
    await run("connect", "--id", ann.id, "--id", crypto.randomUUID());
    await run("user", "suspend", "--id", crypto.randomUUID());
    expect((await read()).length).toBe(before);
  });

  test("cannot be changed, emptied or thinned out; only what is older than a year may go", async () => {
    const { db } = database;
    await run("user", "reset", "--id", (await door.addPerson("Ann")).id);
    const refused = { code: "42501" };
    await expect(db`update audit set act = 'user.add'`.execute()).rejects.toMatchObject(refused);
    await expect(db`delete from audit`.execute()).rejects.toMatchObject(refused);
    await expect(db`truncate audit`.execute()).rejects.toMatchObject(refused);
    const yearAgo = Date.now() - 365 * DAY_MS;
    await writeAudit(db, { act: "user.add" }, { actor: { terminal: "old" }, at: yearAgo - DAY_MS });
    await writeAudit(db, { act: "user.add" }, { actor: { terminal: "young" }, at: yearAgo + DAY_MS });
    await purge(db, { now: Date.now() });
    const left = (await read()).map(({ terminal }) => terminal);
    expect([left.includes("old"), left.includes("young")]).toEqual([false, true]);
  });

  test("is shown in numbers that make sense", async () => {
    expect(await run("audit", "list", "--limit", "many")).toMatchObject({ exitCode: 2 });
  });
});

describe("keys", () => {
  const key = (n: number) => ({ id: `k${n}`, bytes: new Uint8Array(32).fill(n) });

  /** Everybody goes on with these. */
  async function changeKeys(...keys: number[]): Promise<void> {
    await door.close();
    door = openDoor({ db: database.db, clock: () => now, keys: createKeys(keys.map(key)) });
  }

  test("are listed with how many people need each, and what is missing is told", async () => {
    await changeKeys(1);
    await door.addPerson("Ann");
    await changeKeys(2, 1);
    await door.addPerson("Ben");
    await door.addPerson("Cat");
    expect((await run("keys", "list")).printed).toBe("k2  writes  2 people\nk1  reads   1 people");
    await changeKeys(2);
    expect((await run("keys", "list")).printed).toContain("k1  is missing: 1 people cannot be read");
  });

  test("are sealed again: then the old one can go, and the person still signs in", async () => {
    await changeKeys(1);
    const ann = await door.addPerson("Ann");
    await changeKeys(2, 1);
    expect(await run("keys", "reseal")).toMatchObject({
      exitCode: 0,
      printed: "1 people were sealed again under k2.\nNothing needs k1 any more.",
    });
    await changeKeys(2);
    expect(await door.signIn(door.browser(), ann.phone)).toMatchObject({ user: { id: ann.id } });
    expect(door.mails.at(-1)?.to).toBe(ann.email);
  });

  test("are not used for everything before every running instance has them", async () => {
    await changeKeys(1);
    const ann = await door.addPerson("Ann");
    await changeKeys(2, 1);
    running = [{ keys: ["k2", "k1"] }, { keys: ["k1"] }];
    const { exitCode, complained } = await run("keys", "reseal");
    expect([exitCode, complained]).toEqual([
      1,
      "1 running instance(s) do not have k2 yet. Roll it out first.",
    ]);
    running = [{ keys: ["k1", "k2"] }];
    expect(await run("keys", "reseal")).toMatchObject({ exitCode: 0 });
    running = [];
    await changeKeys(2);
    await door.signIn(door.browser(), ann.phone);
  });

  test("that are gone are no reason to stop: who is stuck is named by id", async () => {
    await changeKeys(1);
    const ann = await door.addPerson("Ann");
    await changeKeys(2);
    await door.addPerson("Ben");
    await changeKeys(3, 2);
    const { exitCode, printed, complained } = await run("keys", "reseal");
    expect([exitCode, printed]).toEqual([1, "1 people were sealed again under k3."]);
    expect(complained).toEndWith(`\n${ann.id}`);
  });

  test("of the environment are made for it, and only shown", async () => {
    await changeKeys(7, 2);
    const [made = "", ...advice] = (await run("keys", "new")).printed.split("\n");
    expect(readKeys(made, [])?.map(({ id }) => id)).toEqual(["k8"]);
    expect(advice.join()).toContain("PARLEY_KEYS");
  });

  test("of a folder get one in front, and it is not shown", async () => {
    const folder = await mkdtemp(join(tmpdir(), "parley-admin-"));
    const [before] = await loadOrMakeKeys(folder);
    keyFile = keyFileOf(folder);
    const { printed } = await run("keys", "new");
    keyFile = null;
    const [made, ...rest] = await loadOrMakeKeys(folder);
    expect([made?.id, rest]).toEqual(["k2", [before as SecretKey]]);
    expect(printed).toContain("Restart Parley");
    expect(printed).not.toContain(Buffer.from(made?.bytes ?? []).toString("base64"));
    await rm(folder, { recursive: true });
  });
});

describe("what is not understood", () => {
  test.each([
    [["user"]],
    [["user", "sing"]],
    [["user", "add", "--name", "Ann"]],
    [
      [
        "user",
        "add",
        "--name",
        "Ann",
        "--phone",
        "+12025550101",
        "--phone",
        "+12025550102",
        "--email",
        "a@b.cd",
      ],
    ],
    [["user", "suspend"]],
    [["connect", "--phone"]],
    [["user", "list", "--colour", "red"]],
  ])("%j is answered with the usage and its own exit code", async (args) => {
    const { exitCode, complained, printed } = await run(...args);
    expect(exitCode).toBe(2);
    expect(complained).toContain("Usage: bun run admin COMMAND");
    expect(printed).toBe("");
  });

  test("one person is too few to connect", async () => {
    const { id } = await door.addPerson("Ann");
    expect(await run("connect", "--id", id)).toMatchObject({ exitCode: 2 });
  });

  test.each([[[]], [["--help"]], [["user", "list", "--help"]]])(
    "%j asks for help and gets it",
    async (args) => {
      const { exitCode, printed } = await run(...args);
      expect(exitCode).toBe(0);
      expect(printed).toContain("Usage: bun run admin COMMAND");
    },
  );
});

test("a fault is no answer to the administrator: it is thrown", async () => {
  const away = await testDatabase();
  await away.close();
  await expect(
    runAdmin(["user", "list"], {
      ...door,
      db: away.db,
      origin: "a test",
      appended: () => {},
      roster: async () => [],
      keyFile: null,
      print: () => {},
      complain: () => {},
    }),
  ).rejects.toThrow();
});
