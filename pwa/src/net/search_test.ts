import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import type { Found } from "./search.ts";

let time: BorrowedTime;
let log: Log;
let bob: Person;
let server: TestServer;
let tab: TestTab;

beforeEach(async () => {
  time = borrowTime();
  // What the device has not been told of is on the server only.
  log = createLog({ now: time.now, pageSize: 1 });
  ({ person: bob } = log.meet("Bob"));
  for (const text of ["tea, on the server", "tea, on both"]) log.hear(bob.id, text);
  server = startServer(log);
  tab = openTab({ server, time });
  await tab.account.restore();
  await tab.live();
});

afterEach(async () => {
  await tab.close();
  await server.stop();
});

/** Everything that is told of a search, until it comes from where it ends. */
async function search(text: string, until: Found["from"]): Promise<[from: string, texts: string[]][]> {
  const told: [string, string[]][] = [];
  const done = Promise.withResolvers<void>();
  tab.open().search(text, ({ from, messages }) => {
    told.push([from, messages.map((message) => message.text)]);
    if (from === "device") time.pass(250);
    if (from === until) done.resolve();
  });
  await done.promise;
  return told;
}

test("tells at once what the device holds, and then what the server knows, each message once", async () => {
  expect(await search("Tea", "everywhere")).toEqual([
    ["device", ["tea, on both"]],
    ["everywhere", ["tea, on both", "tea, on the server"]],
  ]);
});

test("offline finds what the device holds, and says that this is all", async () => {
  server.down = true;
  expect(await search("tea", "deviceAlone")).toEqual([
    ["device", ["tea, on both"]],
    ["deviceAlone", ["tea, on both"]],
  ]);
});

test("asks the server once the person pauses, and nobody hears of what was given up", async () => {
  const told: string[] = [];
  const stop = tab.open().search("t", ({ from }) => told.push(from));
  time.pass(249);
  stop();
  await search("tea", "everywhere");
  expect(told).toEqual([]);
});
