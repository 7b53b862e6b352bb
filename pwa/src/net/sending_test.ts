import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import type { Cid, UserId } from "#protocol/ids.ts";
import { createLocks } from "../testing/locks.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";

let { time, log, bob, conversation, server, open, live, goOffline, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, open, live, goOffline, close } = setScene());
});

afterEach(() => close());

function send(tab: TestTab, text: string, to = { id: bob.id, conversation }): Promise<void> {
  return tab.open().send({ conversation: to.conversation, to: to.id, text });
}

const unsent = (tab: TestTab): string[] =>
  tab
    .open()
    .unsent()
    .map(({ text }) => text);
const standings = (tab: TestTab): [string, string][] =>
  tab
    .open()
    .unsent()
    .map(({ text, standing }) => [text, standing]);
const written = (): string[] => log.events.flatMap((event) => (event.kind === "message" ? [event.text] : []));
const sends = (): Cid[] => server.heardOf("message.send").map(({ cid }) => cid);

/** What a conversation shows: the messages on the device, then what is unsent. */
async function shown(tab: TestTab): Promise<string[]> {
  const stored = await tab.open().newest(conversation, { from: 0, limit: 100 });
  return [...stored.map(({ text }) => text), ...unsent(tab)];
}

describe("a message", () => {
  test("shows at once as waiting, and is on the device before anything of it is sent", async () => {
    const tab = await live();
    const sending = send(tab, "hello");
    expect(tab.open().unsent()).toMatchObject([{ text: "hello", kept: "not yet", refused: null }]);
    expect(sends()).toEqual([]);
    await sending;
    expect(tab.open().unsent()).toMatchObject([{ text: "hello", kept: "yes" }]);
    await server.until(() => sends().length === 1);
    await tab.until(() => unsent(tab).length === 0);
    expect(await shown(tab)).toEqual(["hello"]);
  });

  test.each([true, false])("shows once when its ack comes first: %p", async (ackFirst) => {
    server.ackFirst = ackFirst;
    const tab = await live();
    const rows: number[] = [];
    const stored = new Set<Cid>();
    tab.on((change) => {
      if (change.kind === "applied") for (const { cid } of change.applied.messages) stored.add(cid);
      if (change.kind === "applied") rows.push(stored.size + unsent(tab).length);
    });
    await send(tab, "hello");
    await tab.until(() => unsent(tab).length === 0 && tab.open().view().state === "live");
    await heardAll(tab);
    expect(new Set(rows)).toEqual(new Set([1]));
    expect(await shown(tab)).toEqual(["hello"]);
    expect(written()).toEqual(["hello"]);
  });

  test("whose ack was lost is found by the resume, and not sent again", async () => {
    const tab = await live();
    server.loses = (frame) => frame.type === "ack" || frame.type === "event";
    await send(tab, "hello");
    await server.until(() => written().length === 1);
    server.loses = () => false;
    server.closeAll(CLOSE.draining);
    await tab.until(() => tab.open().view().state === "waiting");
    expect(unsent(tab)).toEqual(["hello"]);
    time.pass(500);
    await tab.live();
    expect(await shown(tab)).toEqual(["hello"]);
    expect(sends()).toHaveLength(1);
  });

  test("that was sent when the tab died is there once after the next start", async () => {
    const tab = await live();
    server.loses = (frame) => frame.type === "ack" || frame.type === "event";
    await send(tab, "hello");
    await server.until(() => written().length === 1);
    await tab.close();
    server.loses = () => false;
    const next = await live({ database: tab.database });
    expect(await shown(next)).toEqual(["hello"]);
    expect(written()).toEqual(["hello"]);
  });

  test("that was lost with its connection is sent again as soon as there is another", async () => {
    const tab = await live();
    server.deaf = true;
    await send(tab, "hello");
    await server.until(() => sends().length === 1);
    server.deaf = false;
    server.closeAll(CLOSE.draining);
    await tab.until(() => tab.open().view().state === "waiting");
    time.pass(500);
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["hello"]);
    expect(new Set(sends()).size).toBe(1);
  });

  test("that nobody answers is sent again under the same cid", async () => {
    const tab = await live();
    server.loses = (frame) => frame.type === "ack" || frame.type === "event";
    await send(tab, "hello");
    await server.until(() => sends().length === 1);
    server.loses = () => false;
    const [cid] = sends();
    // Heartbeats are answered meanwhile, or the connection would be given up; their pongs show the hole.
    time.pass(15_000);
    await server.until(() => sends().length === 2);
    expect(sends()).toEqual([cid, cid] as Cid[]);
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["hello"]);
  });

  test("that the server refuses for good is kept, with the reason, and the next goes on", async () => {
    server.refuses = ({ text, cid }) =>
      text === "bad" ? { type: "refused", cid, code: "text_too_long" } : null;
    const tab = await live();
    await Promise.all([send(tab, "bad"), send(tab, "good")]);
    await tab.until(() => unsent(tab).length === 1);
    expect(tab.open().unsent()).toMatchObject([{ text: "bad", refused: "text_too_long" }]);
    expect(written()).toEqual(["good"]);
    await tab.close();
    const next = await live({ database: tab.database });
    expect(next.open().unsent()).toMatchObject([{ text: "bad", refused: "text_too_long" }]);
    const [bad] = next.open().unsent();
    if (bad) await next.open().discard(bad.cid);
    expect(unsent(next)).toEqual([]);
    expect(sends()).toHaveLength(2);
  });

  test.each(["rate_limited", "unavailable"] as const)("refused as %s waits as long as told", async (code) => {
    const tab = await live();
    const refused = new Promise<void>((resolve) => {
      server.refuses = ({ cid }) => {
        server.refuses = () => null;
        resolve();
        return { type: "refused", cid, code, retryAfterMs: 700 };
      };
    });
    await send(tab, "hello");
    await refused;
    await heardAll(tab);
    time.pass(699);
    expect(sends()).toHaveLength(1);
    time.pass(1);
    await tab.until(() => unsent(tab).length === 0);
    expect(new Set(sends()).size).toBe(1);
    expect(written()).toEqual(["hello"]);
  });
});

/** Resolves once the tab has heard everything that the server has said so far. */
async function heardAll(tab: TestTab): Promise<void> {
  const nobody = crypto.randomUUID() as UserId;
  server.say({ type: "typing", from: nobody, ttlMs: 1 });
  await tab.until(() => tab.open().isTyping(nobody));
}

describe("order", () => {
  test("each conversation has one message under way, and others do not wait for it", async () => {
    const carol = log.meet("Carol");
    const tab = await live();
    server.deaf = true;
    await send(tab, "one");
    await send(tab, "two");
    await send(tab, "three", { id: carol.person.id, conversation: carol.conversation });
    await server.until(() => sends().length === 2);
    expect(server.heardOf("message.send").map(({ text }) => text)).toEqual(["one", "three"]);
  });

  test("what was written offline goes out in the order of Send, after a restart too", async () => {
    const first = await live();
    await goOffline(first);
    for (const text of ["one", "two"]) await send(first, text);
    await first.close();
    const tab = open({ database: first.database });
    await tab.account.restore();
    await tab.until(() => tab.line() !== null);
    await send(tab, "three");
    await tab.until(() => tab.open().view().state === "waiting");
    expect(unsent(tab)).toEqual(["one", "two", "three"]);
    expect(
      tab
        .open()
        .unsent()
        .every(({ refused }) => refused === null),
    ).toBe(true);
    server.down = false;
    tab.open().check();
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["one", "two", "three"]);
  });

  test("what is sent just before the line breaks is not confirmed, what comes after it waits", async () => {
    const tab = await live();
    server.deaf = true;
    await send(tab, "one");
    await server.until(() => sends().length === 1);
    await send(tab, "two");
    await goOffline(tab);
    time.pass(5_000);
    expect(standings(tab)).toEqual([
      ["one", "unconfirmed"],
      ["two", "waiting"],
    ]);
    await tab.close();
    server.deaf = false;
    server.down = false;
    const next = await live({ database: tab.database });
    await next.until(() => unsent(next).length === 0);
    expect(written()).toEqual(["one", "two"]);
  });

  test("an answer that does not come is told after a while, and asked for when the person wants it", async () => {
    const tab = await live();
    server.loses = (frame) => frame.type === "ack" || frame.type === "event";
    await send(tab, "hello");
    await server.until(() => sends().length === 1);
    const told = new Promise<void>((resolve) => {
      const stop = tab.on(() => {
        if (standings(tab)[0]?.[1] !== "unconfirmed") return;
        stop();
        resolve();
      });
    });
    time.pass(5_000);
    await told;
    server.loses = () => false;
    const [row] = tab.open().unsent();
    if (row) await tab.open().sendAgain(row.cid);
    await tab.until(() => unsent(tab).length === 0);
    expect(sends()).toHaveLength(2);
    expect(new Set(sends()).size).toBe(1);
    expect(written()).toEqual(["hello"]);
  });

  test("after three days without network the person is asked; what was written since does not wait for it", async () => {
    const tab = await live();
    await goOffline(tab);
    for (const text of ["old one", "old two"]) await send(tab, text);
    await tab.close();
    time.jump(3 * 24 * 3_600_000);
    server.down = false;
    const next = await live({ database: tab.database });
    await send(next, "new");
    await next.until(() => unsent(next).length === 2);
    expect(standings(next)).toEqual([
      ["old one", "held"],
      ["old two", "held"],
    ]);
    const [one, two] = next.open().unsent();
    if (one) await next.open().sendAgain(one.cid);
    await next.until(() => unsent(next).length === 1);
    if (two) expect(await next.open().takeBack(two.cid)).toBe("old two");
    expect([unsent(next), written()]).toEqual([[], ["new", "old one"]]);
    expect(sends()).toContain(one?.cid as Cid);
  });

  test("asking for all that is held looks for the connection once", async () => {
    const tab = await live();
    await goOffline(tab);
    for (let count = 0; count < 20; count += 1) await send(tab, `old ${count}`);
    await tab.close();
    time.jump(3 * 24 * 3_600_000);
    server.down = false;
    const next = await live({ database: tab.database });
    const pings = server.heardOf("ping").length;
    for (const { cid } of next.open().unsent()) await next.open().sendAgain(cid);
    await next.until(() => unsent(next).length === 0);
    expect(server.heardOf("ping").length - pings).toBe(1);
    expect(written()).toHaveLength(20);
  });

  test("a backlog is drained below the server's pace", async () => {
    const people = Array.from({ length: 35 }, (_, index) => log.meet(`Person ${index}`));
    const tab = await live();
    for (const { person, conversation } of people) await send(tab, "hi", { id: person.id, conversation });
    await tab.until(() => unsent(tab).length === 5);
    expect(sends()).toHaveLength(30);
    time.pass(1_000);
    await tab.until(() => unsent(tab).length === 0);
    expect(new Set(sends()).size).toBe(35);
  });
});

describe("an unsent message", () => {
  async function refusedWith(code: "not_a_contact" | "cid_conflict"): Promise<TestTab> {
    const tab = await live();
    server.refuses = ({ cid }) => ({ type: "refused", cid, code });
    await send(tab, "hello");
    await tab.until(() => standings(tab)[0]?.[1] === "refused");
    server.refuses = () => null;
    return tab;
  }

  test("that was refused goes when the person tries again, under its cid", async () => {
    const tab = await refusedWith("not_a_contact");
    const [row] = tab.open().unsent();
    if (row) await tab.open().sendAgain(row.cid);
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["hello"]);
    expect(new Set(sends()).size).toBe(1);
  });

  test("whose cid was used up goes under another", async () => {
    const tab = await refusedWith("cid_conflict");
    const [row] = tab.open().unsent();
    if (row) await tab.open().sendAgain(row.cid);
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["hello"]);
    expect(new Set(sends()).size).toBe(2);
    await tab.close();
    expect(unsent(await live({ database: tab.database }))).toEqual([]);
  });

  test("that never left can be taken back, in every tab", async () => {
    const first = await live();
    const second = await live({ database: first.database });
    await goOffline(first);
    await send(first, "hello");
    await second.until(() => unsent(second).length === 1);
    const [row] = second.open().unsent();
    if (row) expect(await second.open().takeBack(row.cid)).toBe("hello");
    await first.until(() => unsent(first).length === 0);
    server.down = false;
    first.open().check();
    await first.live();
    expect([sends(), written()]).toEqual([[], []]);
  });

  test("that was said cannot be taken back, but given up", async () => {
    const tab = await live();
    server.deaf = true;
    await send(tab, "hello");
    await server.until(() => sends().length === 1);
    const [row] = tab.open().unsent();
    if (!row) throw new Error("It is unsent.");
    expect(await tab.open().takeBack(row.cid)).toBeNull();
    expect(unsent(tab)).toEqual(["hello"]);
    await tab.open().discard(row.cid);
    expect(unsent(tab)).toEqual([]);
  });
});

describe("two tabs", () => {
  test("show what the first sends, before and after it is accepted", async () => {
    const first = await live();
    const second = await live({ database: first.database });
    await goOffline(first);
    await send(first, "hello");
    await second.until(() => unsent(second).length === 1);
    server.down = false;
    second.open().check();
    first.open().check();
    await Promise.all([first, second].map((tab) => tab.until(() => unsent(tab).length === 0)));
    expect(await shown(second)).toEqual(["hello"]);
    expect(await shown(first)).toEqual(["hello"]);
    expect(written()).toEqual(["hello"]);
  });

  test("that share a lock send each message once", async () => {
    const locks = createLocks();
    const first = await live({ locks });
    const second = await live({ locks, database: first.database });
    const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`);
    for (const text of texts) await send(first, text);
    await Promise.all([first, second].map((tab) => tab.until(() => unsent(tab).length === 0)));
    expect(written()).toEqual(texts);
    expect(sends()).toHaveLength(10);
  });

  test("of which one sleeps with the lock do not wait for ever", async () => {
    const locks = createLocks();
    void locks.request("parley.outbox", {}, () => new Promise(() => undefined));
    const tab = await live({ locks });
    await send(tab, "hello");
    expect(sends()).toEqual([]);
    time.pass(5_000);
    await tab.until(() => unsent(tab).length === 0);
    expect(written()).toEqual(["hello"]);
  });
});
