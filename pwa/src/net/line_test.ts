import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { deleteDB, openDB } from "idb";
import { CLOSE } from "#protocol/close_codes.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { HEARTBEAT_MS, RETENTION_MS } from "#protocol/limits.ts";
import { leave } from "../db/device.ts";
import type { Applied } from "../db/ledger.ts";
import { createJotter } from "../db/jotter.ts";
import { openDisk } from "../db/open.ts";
import { DB_VERSION } from "../db/schema.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";
import { ApiProblem } from "./api.ts";
import { mintCid } from "./cid.ts";

let { time, log, bob, conversation, server, open, live, goOffline, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, open, live, goOffline, close } = setScene({ pageSize: 5 }));
});

afterEach(() => close());

/** Resolves with the next thing that was written. */
function nextApplied(tab: TestTab): Promise<Applied> {
  return new Promise((resolve) => {
    const stop = tab.on((change) => {
      if (change.kind !== "applied") return;
      stop();
      resolve(change.applied);
    });
  });
}

const reads = (): unknown[] => server.heardOf("message.read").map(({ seq }) => seq);

describe("what the other writes", () => {
  test("is on the device and on the screen, and the server is told that it was received", async () => {
    const tab = await live();
    const applied = nextApplied(tab);
    log.hear(bob.id, "hello");
    server.deliver();
    expect(await applied).toMatchObject({ messages: [{ text: "hello" }], conversations: [{ unread: 1 }] });
    await server.until(() => server.heardOf("message.received").at(-1)?.cursor === 2);
    const events = log.after(2);
    expect(events).toMatchObject([{ kind: "mark", mark: "delivered", user: log.me.id, seq: 1 }]);
  });

  test("ends their typing", async () => {
    const tab = await live();
    server.say({ type: "typing", from: bob.id, ttlMs: 6_000 });
    await tab.until(() => tab.open().isTyping(bob.id));
    log.hear(bob.id, "hello");
    server.deliver();
    await tab.until(() => !tab.open().isTyping(bob.id));
  });
});

describe("what this person reads", () => {
  test("falls from unread at once; the server is told the highest, at a bounded pace", async () => {
    for (let n = 1; n <= 4; n += 1) log.hear(bob.id, `message ${n}`);
    const tab = await live();
    const applied = nextApplied(tab);
    for (const seq of [1, 2, 3]) tab.open().seen(conversation, seq);
    expect((await applied).conversations[0]?.unread).toBe(3);
    await server.until(() => reads().length === 1);
    time.pass(300);
    await server.until(() => reads().length === 2);
    expect(reads()).toEqual([1, 3]);
  });

  test("is told again when the server could not take it, and so is what was received", async () => {
    const tab = await live();
    log.hear(bob.id, "hello");
    server.deliver();
    await server.until(() => server.heardOf("message.received").length > 0);
    server.deaf = true;
    tab.open().seen(conversation, 1);
    await server.until(() => reads().length === 1);
    server.deaf = false;
    const received = server.heardOf("message.received").length;
    server.say({ type: "refused", code: "unavailable", retryAfterMs: 700 });
    server.say({ type: "typing", from: bob.id, ttlMs: 6_000 });
    await tab.until(() => tab.open().isTyping(bob.id));
    time.pass(700);
    await server.until(() => reads().length === 2);
    expect(log.snapshot().conversations[0]?.mine.read).toBe(1);
    expect(server.heardOf("message.received").length).toBe(received + 1);
  });

  test("while offline is told when the connection is back", async () => {
    log.hear(bob.id, "hello");
    const tab = await live();
    await goOffline(tab);
    const applied = nextApplied(tab);
    tab.open().seen(conversation, 1);
    expect((await applied).conversations[0]?.unread).toBe(0);
    await tab.close();
    expect(reads()).toEqual([]);
    server.down = false;
    await live({ database: tab.database });
    await server.until(() => reads().length === 1);
    expect(log.snapshot().conversations[0]?.mine.read).toBe(1);
  });
});

describe("what was read in a tab that was closed before the server knew it", () => {
  const confirmed = (): number | undefined => log.snapshot().conversations[0]?.mine.read;

  async function readIn(tab: TestTab): Promise<void> {
    const applied = nextApplied(tab);
    tab.open().seen(conversation, 1);
    await applied;
    await tab.close();
  }

  test("is told by the tab that is left, at its next sign of life", async () => {
    log.hear(bob.id, "hello");
    const left = await live();
    const closed = await live({ database: left.database });
    server.deaf = true;
    await readIn(closed);
    server.deaf = false;
    expect(confirmed()).toBe(0);
    time.pass(HEARTBEAT_MS);
    await server.until(() => confirmed() === 1);
  });

  test("is told by the tab that is left when it comes back", async () => {
    log.hear(bob.id, "hello");
    const left = await live();
    const closed = await live({ database: left.database });
    await goOffline(closed);
    await readIn(closed);
    expect(reads()).toEqual([]);
    server.down = false;
    left.open().tryNow();
    await server.until(() => confirmed() === 1);
  });
});

test("what others do is unknown while there is no connection", async () => {
  const tab = await live();
  server.say({ type: "presence", user: bob.id, state: "online", until: time.now() + 60_000 });
  server.say({ type: "typing", from: bob.id, ttlMs: 6_000 });
  await tab.until(() => tab.open().isTyping(bob.id));
  expect(tab.open().presenceOf(bob.id).state).toBe("online");
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  expect(tab.open().presenceOf(bob.id).state).toBe("unknown");
  expect(tab.open().isTyping(bob.id)).toBe(false);
});

describe("presence of this device", () => {
  const said = (): string[] => server.heardOf("presence").map(({ state }) => state);

  test("is online while the page is shown, and said again before it would lapse", async () => {
    await live();
    await server.until(() => said().length === 1);
    time.pass(27_000);
    await server.until(() => said().length === 2);
    expect(said()).toEqual(["online", "online"]);
  });

  test("is away while the page is hidden, and then said once", async () => {
    const tab = await live();
    await server.until(() => said().length === 1);
    tab.open().shown(false);
    await server.until(() => said().length === 2);
    const beats = server.heardOf("ping").length;
    time.pass(HEARTBEAT_MS);
    await server.until(() => server.heardOf("ping").length > beats);
    time.pass(9_000);
    tab.open().shown(true);
    await server.until(() => said().length === 3);
    expect(said()).toEqual(["online", "away", "online"]);
  });

  test("is away from the start in a tab that opens in the background", async () => {
    await live({ visible: false });
    await server.until(() => said().length === 1);
    expect(said()).toEqual(["away"]);
  });
});

test("typing is said at most once in three seconds", async () => {
  const tab = await live();
  for (let key = 0; key < 5; key += 1) tab.open().typing(bob.id);
  time.pass(3_000);
  tab.open().typing(bob.id);
  await server.until(() => server.heardOf("typing").length === 2);
  expect(server.heardOf("typing")).toEqual([
    { type: "typing", to: bob.id },
    { type: "typing", to: bob.id },
  ]);
});

test("a message ends the typing notice, so typing after it is said again at once", async () => {
  const tab = await live();
  tab.open().typing(bob.id);
  await tab.open().send({ conversation, to: bob.id, text: "hello" });
  tab.open().typing(bob.id);
  await server.until(() => server.heardOf("typing").length === 2);
  expect(server.heardOf("typing")).toHaveLength(2);
});

test("a draft is there after a restart, and gone once it was sent", async () => {
  const tab = await live();
  for (const text of ["h", "he", "hello"]) tab.open().setDraft(conversation, { text, replyTo: 3 });
  expect(tab.open().draft(conversation)).toEqual({ text: "hello", replyTo: 3, editing: null });
  await tab.close();
  const next = await live({ database: tab.database });
  expect(next.open().draft(conversation)).toEqual({ text: "hello", replyTo: 3, editing: null });
  await next.open().send({ conversation, to: bob.id, text: "hello" });
  expect(next.open().draft(conversation)).toEqual({ text: "", replyTo: null, editing: null });
  await next.close();
  const last = await live({ database: tab.database });
  expect(last.open().draft(conversation)).toEqual({ text: "", replyTo: null, editing: null });
});

describe("older messages", () => {
  beforeEach(() => {
    for (let n = 1; n <= 12; n += 1) log.hear(bob.id, `message ${n}`);
  });

  test("come from the server once, from the device after that, offline too", async () => {
    const tab = await live();
    const page = await tab.open().older(conversation, 8);
    expect(page.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    await tab.close();
    server.down = true;
    const next = open({ database: tab.database });
    await next.account.restore();
    await next.until(() => next.line() !== null);
    expect(await next.open().older(conversation, 8)).toEqual(page);
  });

  test("come without a hole, also when an old one is here by itself, because it was edited", async () => {
    const tab = await live();
    const revised = new Promise<void>((resolve) => {
      tab.on((change) => {
        if (change.kind === "applied" && change.applied.messages.some(({ seq }) => seq === 3)) resolve();
      });
    });
    log.revise(bob.id, {
      type: "message.edit",
      cid: mintCid(time.now()),
      conversation,
      seq: 3,
      text: "edited",
    });
    server.deliver();
    await revised;
    const held = await tab.open().older(conversation, 10);
    expect(held.map(({ seq }) => seq)).toEqual([8, 9]);
    const fetched = await tab.open().older(conversation, 8);
    expect(fetched.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("that are not here and cannot be had are a problem with a sentence", async () => {
    const tab = await live();
    server.down = true;
    const problem = await tab
      .open()
      .older(conversation, 8)
      .catch((error: unknown) => error);
    expect(problem).toBeInstanceOf(ApiProblem);
    expect(problem).toMatchObject({ code: "unreachable" });
  });
});

test("a device that stays open forgets what has become too old, by the server's clock", async () => {
  log.hear(bob.id, "hello");
  const tab = await live();
  const purged = new Promise<number>((resolve) => {
    tab.on((change) => {
      if (change.kind === "purged") resolve(change.before);
    });
  });
  server.down = true;
  time.jump(RETENTION_MS + 3_600_000);
  expect(await purged).toBe(time.now() - RETENTION_MS);
  expect(await tab.open().newest(conversation, { from: 0, limit: 10 })).toEqual([]);
});

test("a device that slept checks its connection when it wakes", async () => {
  const tab = await live();
  server.deaf = true;
  const pings = server.heardOf("ping").length;
  time.jump(20_000);
  await server.until(() => server.heardOf("ping").length > pings);
  time.pass(3_000);
  expect(tab.open().view().state).toBe("waiting");
});

test("trouble is said after three seconds of failure, and that the page must be reloaded at once", async () => {
  const tab = await live();
  await goOffline(tab);
  expect(tab.open().view()).toMatchObject({ troubled: false, mustReload: false });
  time.jump(3_000);
  expect(tab.open().view().troubled).toBe(true);
  server.down = false;
  server.minBuild = "2027-01-01";
  tab.open().tryNow();
  await tab.live();
  expect(tab.open().view()).toMatchObject({ troubled: false, mustReload: true });
});

test("a page of a hotel's network in place of every answer ends nothing, and is got over", async () => {
  const tab = await live();
  server.portal = true;
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const waiting = tab.open().view().retryAt;
    tab.open().check();
    await tab.until(() => tab.open().view().state === "waiting" && tab.open().view().retryAt !== waiting);
    time.pass(1);
  }
  await tab.open().send({ conversation, to: bob.id, text: "later" });
  await tab.account.verify();
  expect([tab.account.state(), tab.open().unsent().length]).toEqual(["signedIn", 1]);
  server.portal = false;
  tab.open().check();
  await tab.live();
  await tab.until(() => tab.open().unsent().length === 0);
  expect(tab.reported).toEqual([]);
});

describe("a device that the browser empties under its tab", () => {
  /** Something is unsent and half written; then the database goes. */
  async function emptied(): Promise<TestTab> {
    const tab = await live();
    await goOffline(tab);
    await tab.open().send({ conversation, to: bob.id, text: "only here" });
    tab.open().setDraft(conversation, { text: "half a", replyTo: null });
    await tab.open().draftsKept();
    await deleteDB(tab.database);
    return tab;
  }

  test("gets back what only the tab remembers, and the rest from the server", async () => {
    const tab = await emptied();
    const before = tab.open();
    before.setDraft(conversation, { text: "half a th", replyTo: null });
    await tab.until(() => tab.line() !== null && tab.line() !== before);
    expect([tab.account.state(), tab.open().draft(conversation).text]).toEqual(["signedIn", "half a th"]);
    expect(tab.open().unsent()).toMatchObject([{ text: "only here", kept: "yes" }]);
    server.down = false;
    tab.open().check();
    await tab.live();
    await tab.until(() => tab.open().unsent().length === 0);
    expect(log.events.at(-1)).toMatchObject({ kind: "message", text: "only here" });
    expect(tab.open().conversations().get(conversation)?.row.with.name).toBe("Bob");
  });

  test("stays empty when another tab had signed out: that is not undone", async () => {
    const tab = await emptied();
    const disk = openDisk({ name: tab.database });
    await leave(disk, { session: log.me.session });
    await disk.close();
    server.signedIn = false;
    server.down = false;
    tab.open().setDraft(conversation, { text: "", replyTo: null });
    await tab.until(() => tab.account.state() === "signedOut");
  });
});

test("the browser is asked to keep what is here once there is something that is only here", async () => {
  const tab = await live();
  expect(tab.askedToPersist()).toBe(0);
  for (const text of ["one", "two"]) await tab.open().send({ conversation, to: bob.id, text });
  expect(tab.askedToPersist()).toBe(1);
});

test("a tab that meets the database of a newer build says that only a reload helps", async () => {
  const tab = await live();
  const outdated = new Promise<void>((resolve) => {
    tab.on(({ kind }) => {
      if (kind === "outdated") resolve();
    });
  });
  (await openDB(tab.database, DB_VERSION + 1)).close();
  await outdated;
});

test("the app opens where it was left, as long as that is still here", async () => {
  const tab = await live();
  expect(tab.open().place()).toBeNull();
  tab.open().setPlace(conversation);
  await tab.close();
  const next = await live({ database: tab.database });
  expect(next.open().place()).toBe(conversation);
  next.open().setPlace(crypto.randomUUID() as ConversationId);
  await next.close();
  expect((await live({ database: tab.database })).open().place()).toBeNull();
});

describe("who closes the tab right after a key", () => {
  test("has the text down before anything else happens, until the database has it", async () => {
    const jottings = new Window().localStorage as unknown as Storage;
    const tab = await live({ jottings });
    tab.open().setDraft(conversation, { text: "half a", replyTo: null });
    expect(jottings.getItem(jottings.key(0) ?? "")).toContain("half a");
    await tab.open().draftsKept();
    expect(jottings.length).toBe(0);
    server.down = true;
    tab.open().setDraft(conversation, { text: "half a word", replyTo: null });
    const sent = tab.open().send({ conversation, to: bob.id, text: "half a word" });
    expect([jottings.length, jottings.getItem(jottings.key(0) ?? "")]).toEqual([
      1,
      expect.stringContaining("endsDraft"),
    ]);
    await sent;
    expect(jottings.length).toBe(0);
  });

  test("finds it again, and what was sent goes out", async () => {
    const jottings = new Window().localStorage as unknown as Storage;
    const { database, ...before } = await live({ jottings });
    await before.close();
    const row = { conversation, text: "half a", replyTo: null, changedAt: time.now() };
    createJotter(jottings).jot(log.me.id, { kind: "draft", row });
    const next = await live({ database, jottings });
    expect(next.open().draft(conversation).text).toBe("half a");
    expect(jottings.length).toBe(0);
  });

  test("leaves nothing here once their session has ended: it is sealed", async () => {
    const jottings = new Window().localStorage as unknown as Storage;
    const { database, ...before } = await live({ jottings });
    await before.close();
    const row = { conversation, text: "half a", replyTo: null, changedAt: time.now() };
    createJotter(jottings).jot(log.me.id, { kind: "draft", row });
    server.signedIn = false;
    const next = open({ database, jottings });
    await next.account.restore();
    await next.until(() => next.account.state() === "signedOut");
    const sealed = async () => (await next.sealed.count())?.drafts === 1;
    while (!(await sealed())) await server.until(() => true);
    expect(jottings.length).toBe(0);
  });
});
