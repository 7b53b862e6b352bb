import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { CLOSE } from "#protocol/close_codes.ts";
import { openDisk } from "../db/open.ts";
import { createLog } from "../testing/log.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import type { TestTab } from "../testing/tab.ts";

/** The server is asked again after this long. */
const AGAIN_MS = 10_000;

let { time, log, bob, conversation, server, open, live, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, open, live, close } = setScene());
});

afterEach(() => close());

async function withUnsent(): Promise<TestTab> {
  const tab = await live();
  server.deaf = true;
  await tab.open().send({ conversation, to: bob.id, text: "unsent" });
  tab.open().setDraft(conversation, { text: "half a", replyTo: null });
  return tab;
}

async function revoked(tab: TestTab): Promise<void> {
  server.signedIn = false;
  server.closeAll(CLOSE.revoked);
  await tab.until(() => tab.account.state() === "signedOut");
  await tab.untilStored(async () => (await tab.sealed.count()) !== null);
}

async function signsIn(tab: TestTab): Promise<void> {
  server.deaf = false;
  await tab.account.signIn({ phone: "+12025550101", country: "US", code: "123456" });
  await tab.live();
}

const unsent = (tab: TestTab) =>
  tab
    .open()
    .unsent()
    .map(({ text, standing }) => [text, standing]);

describe("a session that ends from afar while something is unsent", () => {
  test("leaves it sealed, readable by nobody at the device", async () => {
    const tab = await withUnsent();
    await revoked(tab);
    expect(await tab.sealed.count()).toEqual({ messages: 1, drafts: 1 });
    const disk = openDisk({ name: tab.database });
    const left = await disk.read(async (tx) => [
      await tx.objectStore("outbox").count(),
      await tx.objectStore("drafts").count(),
      ...(await tx.objectStore("sealed").getAll()).map(({ body }) => new TextDecoder().decode(body)),
    ]);
    await disk.close();
    expect(left).toEqual([0, 0, expect.not.stringContaining("unsent")]);
  });

  test("gives it back to the same person, and sends it when they say so", async () => {
    const tab = await withUnsent();
    await revoked(tab);
    await signsIn(tab);
    expect(unsent(tab)).toEqual([["unsent", "held"]]);
    expect(tab.open().draft(conversation).text).toBe("half a");
    expect(await tab.sealed.count()).toBeNull();
    const [row] = tab.open().unsent();
    if (row) await tab.open().sendAgain(row.cid);
    await tab.until(() => unsent(tab).length === 0);
    expect(log.events.at(-1)).toMatchObject({ kind: "message", text: "unsent" });
  });

  test("gives it to nobody else, and back to them after somebody else was here", async () => {
    const tab = await withUnsent();
    await revoked(tab);
    const carols = createLog({ name: "Carol", now: time.now });
    server.serve(carols);
    await signsIn(tab);
    expect([tab.account.me()?.name, unsent(tab)]).toEqual(["Carol", []]);
    await tab.account.signOut();
    server.serve(log);
    await signsIn(tab);
    expect(unsent(tab)).toEqual([["unsent", "held"]]);
  });

  test("tells so when it is found out at the next start", async () => {
    const tab = await withUnsent();
    await tab.close();
    server.signedIn = false;
    const next = open({ database: tab.database });
    await next.account.restore();
    await next.until(() => next.account.state() === "signedOut");
    await next.untilStored(async () => (await next.sealed.count()) !== null);
    await next.sealed.drop();
    expect(await next.sealed.count()).toBeNull();
  });

  test("seals it too when the device is somebody else's by now", async () => {
    const tab = await withUnsent();
    await tab.close();
    const carols = createLog({ name: "Carol", now: time.now });
    server.serve(carols);
    const next = open({ database: tab.database });
    await next.account.restore();
    await next.until(() => next.account.me()?.name === "Carol");
    expect(await next.sealed.count()).toEqual({ messages: 1, drafts: 1 });
  });
});

describe("while the server cannot open what is sealed", () => {
  async function inWithout(): Promise<TestTab> {
    const tab = await withUnsent();
    await revoked(tab);
    server.sealsClosed = true;
    await signsIn(tab);
    expect([unsent(tab), await tab.sealed.count()]).toEqual([[], { messages: 1, drafts: 1 }]);
    return tab;
  }

  async function back(tab: TestTab): Promise<void> {
    server.sealsClosed = false;
    time.pass(AGAIN_MS);
    await tab.until(() => unsent(tab).length === 1 && tab.open().draft(conversation).text === "half a");
    expect(await tab.sealed.count()).toBeNull();
  }

  test("it stays sealed, and is there in all tabs as soon as it can", async () => {
    const tab = await inWithout();
    const other = await live({ database: tab.database });
    await back(tab);
    await other.until(() => unsent(other).length === 1 && other.open().draft(conversation).text === "half a");
  });

  test("what was typed meanwhile stays too", async () => {
    const tab = await inWithout();
    tab.open().setDraft(conversation, { text: "since" });
    await tab.open().draftsKept();
    server.sealsClosed = false;
    time.pass(AGAIN_MS);
    await tab.until(() => tab.open().draft(conversation).text === "half a\nsince");
  });

  test("it is there as soon as it can also after a start without network", async () => {
    const { database, ...before } = await inWithout();
    await before.close();
    server.down = true;
    const tab = open({ database });
    await tab.account.restore();
    await tab.until(() => tab.line() !== null);
    server.down = false;
    await back(tab);
  });
});

describe("a tab that does not know that the session has ended, because another one was first,", () => {
  let first: TestTab;
  let second: TestTab;
  let jottings: Storage | null;
  let away: TestServer;

  /** Two tabs, the second of which has no network and hears nothing of the first. */
  async function openBoth(): Promise<void> {
    first = await live({ jottings });
    second = open({ database: first.database, channel: null, jottings, server: away });
    await second.account.restore();
    await second.until(() => second.line() !== null);
  }

  /** The device is wiped, and only the first tab knows. */
  async function endedInFirst(): Promise<void> {
    await openBoth();
    await second.open().send({ conversation, to: bob.id, text: "in time" });
    server.signedIn = false;
    await first.account.verify();
    expect([first.account.state(), second.account.state()]).toEqual(["signedOut", "signedIn"]);
    expect(await first.sealed.count()).toEqual({ messages: 1, drafts: 0 });
  }

  async function writesLate(): Promise<void> {
    second.open().setDraft(conversation, { text: "late dr" });
    await second.open().send({ conversation, to: bob.id, text: "too late" }, { endsDraft: false });
    await second.until(() => second.account.state() === "signedOut");
  }

  beforeEach(() => {
    jottings = new Window().localStorage as unknown as Storage;
    away = startServer(log);
    away.down = true;
  });

  afterEach(() => away.stop());

  test("loses nothing: what is sent and typed in it is sealed beside the rest, and comes back with it", async () => {
    await endedInFirst();
    await writesLate();
    expect(await first.sealed.count()).toEqual({ messages: 2, drafts: 1 });
    expect(jottings?.length).toBe(0);
    await signsIn(first);
    expect(unsent(first)).toEqual([
      ["in time", "held"],
      ["too late", "held"],
    ]);
    expect(first.open().draft(conversation).text).toBe("late dr");
  });

  test("loses no message where nothing can be jotted down", async () => {
    jottings = null;
    await endedInFirst();
    await writesLate();
    expect(await first.sealed.count()).toEqual({ messages: 2, drafts: 0 });
  });

  test("and is closed right then leaves nothing readable, and loses nothing: the next start seals it", async () => {
    await endedInFirst();
    second.open().setDraft(conversation, { text: "late dr" });
    const kept = { ...jottings };
    await second.close();
    for (const [key, value] of Object.entries(kept)) jottings?.setItem(key, value);
    const next = open({ database: first.database, jottings });
    await next.account.restore();
    expect(await next.sealed.count()).toEqual({ messages: 1, drafts: 1 });
    expect(jottings?.length).toBe(0);
  });

  test("has nothing to keep of who signed out here by their own will", async () => {
    await openBoth();
    await first.account.signOut();
    await writesLate();
    expect(await first.sealed.count()).toBeNull();
    expect(jottings?.length).toBe(0);
  });
});
