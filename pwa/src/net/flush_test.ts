import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import type { Applied } from "../db/ledger.ts";
import { openDisk } from "../db/open.ts";
import type { Disk } from "../db/open.ts";
import { unsentRows } from "../db/unsent.ts";
import { createLocks } from "../testing/locks.ts";
import { createLog } from "../testing/log.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";
import { createApi } from "./api.ts";
import { flushOutbox } from "./flush.ts";
import { takeTurns } from "./turn.ts";

const NOT_A_CONTACT = { code: "not_a_contact", message: "You can only write to your contacts." };

let { time, log, bob, conversation, server, live, goOffline, close } = {} as Scene;
let locks: LockManager;
let tab: TestTab;
let disk: Disk;
let sent: Applied[];

beforeEach(async () => {
  ({ time, log, bob, conversation, server, live, goOffline, close } = setScene());
  locks = createLocks();
  sent = [];
  tab = await live({ locks });
  disk = openDisk({ name: tab.database });
  await goOffline(tab);
});

afterEach(async () => {
  await disk.close();
  await close();
});

/** What the browser runs in the worker. */
function flush(): Promise<void> {
  return flushOutbox({
    disk,
    api: createApi({ origin: server.origin, fetch: (url, request) => fetch(url, request), time }),
    time,
    exclusively: takeTurns({ locks, time }),
    sent: (applied) => void sent.push(applied),
    changed: () => undefined,
  });
}

async function write(...texts: string[]): Promise<void> {
  for (const text of texts) await tab.open().send({ conversation, to: bob.id, text });
}

const written = (): string[] => log.events.flatMap((event) => (event.kind === "message" ? [event.text] : []));
const left = async (): Promise<string[]> => (await disk.read(unsentRows)).map(({ text }) => text);

describe("with no page open", () => {
  test("what waits goes out in the order of Send, and is stored as what it became", async () => {
    await write("one", "two", "three");
    await tab.close();
    server.down = false;
    await flush();
    expect([written(), await left()]).toEqual([["one", "two", "three"], []]);
    expect(sent.flatMap(({ messages }) => messages.map(({ seq }) => seq))).toEqual([1, 2, 3]);
  });

  test("without a server it says so, for the browser to try again, and nothing is lost", async () => {
    await write("one");
    await tab.close();
    await expect(flush()).rejects.toMatchObject({ code: "unreachable" });
    expect(await left()).toEqual(["one"]);
  });

  test("nothing goes out in another person's name", async () => {
    await write("one");
    await tab.close();
    server.down = false;
    server.serve(createLog({ name: "Carol", now: time.now }));
    await flush();
    expect([await left(), sent]).toEqual([["one"], []]);
  });

  test("what is too old waits for its person, and what was refused stays refused", async () => {
    await write("old");
    time.jump(25 * 3_600_000);
    await write("new");
    await tab.close();
    server.down = false;
    server.answers = ({ url }) =>
      url.endsWith("/api/messages") ? Response.json(NOT_A_CONTACT, { status: 403 }) : null;
    await flush();
    expect([written(), await left()]).toEqual([[], ["old", "new"]]);
    const rows = await disk.read(unsentRows);
    expect(rows.map(({ refused }) => refused)).toEqual([null, "not_a_contact"]);
  });
});

test("a page that is open shows what the worker has sent", async () => {
  await write("one");
  expect(tab.askedLater()).toBeGreaterThan(0);
  server.down = false;
  await flush();
  for (const applied of sent) tab.open().sent(applied);
  expect(tab.open().unsent()).toEqual([]);
  expect((await tab.open().newest(conversation, { from: 0, limit: 9 })).map(({ text }) => text)).toEqual([
    "one",
  ]);
});

test("the worker and a page that comes live at the same time send each message once", async () => {
  await write("one", "two", "three");
  server.down = false;
  tab.open().check();
  await Promise.all([flush(), tab.until(() => tab.open().unsent().length === 0)]);
  expect(written()).toEqual(["one", "two", "three"]);
  expect(server.heardOf("message.send").length + sent.length).toBe(3);
});
