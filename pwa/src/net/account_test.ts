import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import { isLeaving, readDevice } from "../db/device.ts";
import { openDisk } from "../db/open.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import { startServer } from "../testing/server.ts";
import type { TestTab } from "../testing/tab.ts";

let { time, log, bob, conversation, server, open, live, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, open, live, close } = setScene());
  log.hear(bob.id, "hello");
});

afterEach(() => close());

async function stored(tab: TestTab): Promise<number> {
  const disk = openDisk({ name: tab.database });
  const count = await disk.read((tx) => tx.objectStore("messages").count());
  await disk.close();
  return count;
}

describe("opening the app", () => {
  test("on a new device with a session asks the server who this is, and fills the device", async () => {
    const tab = await live();
    expect(tab.account.me()).toEqual(log.me);
    expect(await stored(tab)).toBe(1);
  });

  test("offline shows at once what the device holds", async () => {
    const { database, close } = await live();
    await close();
    server.down = true;
    const tab = open({ database });
    await tab.account.restore();
    expect(tab.account.state()).toBe("signedIn");
    await tab.until(() => tab.line() !== null);
    expect(tab.open().conversations().get(conversation)?.last?.text).toBe("hello");
    const newest = await tab.open().newest(conversation, { from: 0, limit: 10 });
    expect(newest.map(({ text }) => text)).toEqual(["hello"]);
  });

  test("on an empty device without a server leads to the sign-in page", async () => {
    server.down = true;
    const tab = open();
    await tab.account.restore();
    expect(tab.account.state()).toBe("signedOut");
  });

  test("after the session has ended elsewhere wipes the device", async () => {
    const { database, close } = await live();
    await close();
    server.signedIn = false;
    const tab = open({ database });
    await tab.account.restore();
    await tab.until(() => tab.account.state() === "signedOut");
    await tab.untilStored(async () => (await stored(tab)) === 0);
    await tab.account.restore();
    expect(tab.account.state()).toBe("signedOut");
  });

  test("goes on by itself when the session ended while the socket was away", async () => {
    const tab = await live();
    server.signedIn = false;
    server.closeAll(CLOSE.draining);
    await tab.until(() => tab.line()?.view().state === "waiting");
    time.pass(250);
    await tab.until(() => tab.account.state() === "signedOut");
    expect(tab.line()).toBeNull();
  });
});

describe("signing in", () => {
  test("opens the person's line, in the other tabs too", async () => {
    server.signedIn = false;
    const tab = open();
    const other = open({ database: tab.database });
    await Promise.all([tab.account.restore(), other.account.restore()]);
    expect(tab.account.state()).toBe("signedOut");
    await tab.account.signIn({ phone: "+12025550101", country: "US", code: "123456" });
    expect(tab.account.me()?.id).toBe(log.me.id);
    await tab.live();
    await other.live();
  });
});

describe("signing out", () => {
  test("ends the session, wipes the device and signs the other tab out", async () => {
    const tab = await live();
    const other = await live({ database: tab.database });
    await tab.account.signOut();
    await other.until(() => other.account.state() === "signedOut");
    expect([tab.line(), other.line()]).toEqual([null, null]);
    expect(server.signedIn).toBe(false);
    expect(await stored(tab)).toBe(0);
  });

  test("is not said to be done while the device is not wiped: the page may be closed at that moment", async () => {
    const tab = await live();
    const disk = openDisk({ name: tab.database });
    let looks = 0;
    let enough = 1;
    let looked = Promise.withResolvers<void>();
    // The wipe waits for this one.
    const held = disk.write(async (tx) => {
      for (; enough > 0; looks++) {
        await tx.objectStore("meta").get("device");
        if (looks === enough) looked.resolve();
      }
    });
    await looked.promise;
    looked = Promise.withResolvers();
    enough = looks + 100;
    const leaving = tab.account.signOut();
    await looked.promise;
    expect(tab.account.state()).toBe("signedIn");
    const heldThen: Promise<unknown>[] = [];
    tab.on(({ kind }) => {
      if (kind === "account") heldThen.push(Promise.all([readDevice(disk), isLeaving(disk)]));
    });
    enough = 0;
    await Promise.all([held, leaving]);
    expect(tab.account.state()).toBe("signedOut");
    expect(await heldThen[0]).toEqual([null, true]);
    await disk.close();
  });

  test("by the server, because it was revoked elsewhere, wipes the device", async () => {
    const tab = await live();
    server.signedIn = false;
    server.closeAll(CLOSE.revoked);
    await tab.until(() => tab.account.state() === "signedOut");
    const disk = openDisk({ name: tab.database });
    await tab.untilStored(async () => (await readDevice(disk)) === null);
    expect(await stored(tab)).toBe(0);
    await disk.close();
  });

  test("offline wipes the device at once, and ends the session before it can open again", async () => {
    const tab = await live();
    await server.stop();
    await tab.account.signOut();
    expect(await stored(tab)).toBe(0);
    const disk = openDisk({ name: tab.database });
    expect(await isLeaving(disk)).toBe(true);
    const back = startServer(log);
    const next = open({ database: tab.database, server: back });
    await next.account.restore();
    expect(next.account.state()).toBe("signedOut");
    expect(back.signedIn).toBe(false);
    expect(await isLeaving(disk)).toBe(false);
    await disk.close();
    await back.stop();
  });

  test("in another tab is not undone by an answer that was on its way to this one", async () => {
    const tab = await live();
    const late = await live({ database: tab.database, channel: null });
    await late.account.verify();
    const asked = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    server.answers = ({ url, method }) => {
      if (method !== "GET" || new URL(url).pathname !== "/api/auth/session") return null;
      asked.resolve();
      return left.promise.then(() => Response.json({ me: log.me }));
    };
    const verifying = late.account.verify();
    await asked.promise;
    await tab.account.signOut();
    left.resolve();
    await verifying;
    expect(late.account.state()).toBe("signedOut");
    expect(await stored(tab)).toBe(0);
  });

  test("is not undone by an answer that was on its way", async () => {
    const tab = await live();
    const verifying = tab.account.verify();
    await tab.account.signOut();
    await verifying;
    expect(tab.account.state()).toBe("signedOut");
    expect(await stored(tab)).toBe(0);
  });
});

describe("a device whose cookie is another person's by now", () => {
  let carols: Log;

  beforeEach(() => {
    carols = createLog({ name: "Carol", now: time.now });
    carols.meet("Dan");
  });

  const names = (tab: TestTab): string[] =>
    [...tab.open().conversations().values()].map(({ row }) => row.with.name);

  test("opens theirs, and nothing of the one before", async () => {
    const { database, close } = await live();
    await close();
    server.serve(carols);
    const tab = open({ database });
    await tab.account.restore();
    await tab.until(() => tab.account.me()?.name === "Carol");
    await tab.live();
    expect(names(tab)).toEqual(["Dan"]);
    expect(await stored(tab)).toBe(0);
  });

  test("changes over while it is open", async () => {
    const tab = await live();
    server.serve(carols);
    await tab.account.verify();
    await tab.until(() => tab.line()?.me.id === carols.me.id);
    await tab.live();
    expect(names(tab)).toEqual(["Dan"]);
    await server.until(() => server.sockets() === 1);
  });
});

describe("ending the account", () => {
  test("wipes the device, also of what was not sent, though its sockets are closed before the answer is there", async () => {
    const tab = await live();
    const other = await live({ database: tab.database });
    server.refuses = () => ({ type: "refused", code: "unavailable", retryAfterMs: 60_000 });
    await tab.open().send({ conversation, to: bob.id, text: "never sent" });
    async function end(): Promise<Response> {
      server.signedIn = false;
      server.closeAll(CLOSE.revoked);
      await server.until(() => server.sockets() === 0);
      return new Response(null, { status: 204 });
    }
    // The other tab may still ask for something else.
    server.answers = ({ url }) => (new URL(url).pathname === "/api/account/deletion" ? end() : null);
    await tab.account.endAccount("123456");
    expect(tab.account.state()).toBe("signedOut");
    await other.until(() => other.account.state() === "signedOut");
    const disk = openDisk({ name: tab.database });
    // The other tab may still be writing down that it is signed out.
    const left = () =>
      disk.read(async (tx) =>
        Promise.all(
          (["meta", "conversations", "messages", "outbox", "drafts", "sealed"] as const).map((name) =>
            tx.objectStore(name).count(),
          ),
        ),
      );
    // A note of which session ended, and nothing else.
    const nothing = [1, 0, 0, 0, 0, 0];
    while (String(await left()) !== String(nothing)) await server.until(() => true);
    expect(await left()).toEqual(nothing);
    await disk.close();
  });

  test("with a wrong code changes nothing here", async () => {
    const tab = await live();
    server.answers = () =>
      Response.json({ code: "code_wrong", message: "That code is not right." }, { status: 422 });
    await expect(tab.account.endAccount("000000")).rejects.toMatchObject({ code: "code_wrong" });
    expect(tab.account.state()).toBe("signedIn");
    expect(await stored(tab)).toBe(1);
  });
});

test("who signs out while the device is still being read is signed out", async () => {
  const { database, close } = await live();
  await close();
  const tab = open({ database });
  await tab.account.restore();
  const [me, line] = [tab.account.me(), tab.line()];
  expect([me?.name, line]).toEqual(["Alice", null]);
  await tab.account.signOut();
  expect(await stored(tab)).toBe(0);
  expect(tab.line()).toBeNull();
  await server.until(() => server.sockets() === 0);
});

test("a tab that slept while somebody else signed in on the device leaves their copy alone", async () => {
  const tab = await live();
  const carols = createLog({ name: "Carol", now: time.now });
  carols.meet("Dan");
  const carolsServer = startServer(carols);
  const next = open({ server: carolsServer, database: tab.database });
  // As when the news between tabs is lost: Carol's tab adopts the device without a word to the other.
  await next.account.verify();
  await next.live();
  server.closeAll(CLOSE.signedOut);
  await tab.until(() => tab.account.me()?.id === carols.me.id);
  const disk = openDisk({ name: tab.database });
  expect((await readDevice(disk))?.me.name).toBe("Carol");
  await disk.close();
  await carolsServer.stop();
});

test("a tab that closes leaves no timer and no socket behind", async () => {
  const tab = await live();
  await tab.open().send({ conversation, to: bob.id, text: "hello" });
  await tab.close();
  expect(time.waiting()).toBe(0);
  await server.until(() => server.sockets() === 0);
});
