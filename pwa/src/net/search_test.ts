import { afterEach, beforeEach, expect, test } from "bun:test";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";
import type { Found } from "./search.ts";

let { time, log, bob, server, live, close } = {} as Scene;
let tab: TestTab;

beforeEach(async () => {
  // What the device has not been told of is on the server only.
  ({ time, log, bob, server, live, close } = setScene({ pageSize: 1 }));
  for (const text of ["tea, on the server", "tea, on both"]) log.hear(bob.id, text);
  tab = await live();
});

afterEach(() => close());

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
