import { afterEach, beforeEach, expect, test } from "bun:test";
import { RECENT_EMOJI_MAX } from "../db/recent_emoji.ts";
import { EMOJI } from "../emoji/groups.ts";
import { createLog } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { storesOf } from "../testing/stores.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { useRecentEmoji } from "./recent_emoji.ts";
import { useSession } from "./session.ts";

let time: BorrowedTime;
let server: TestServer;
let tabs: TestTab[];

beforeEach(() => {
  time = borrowTime();
  server = startServer(createLog({ now: time.now }));
  tabs = [];
});

afterEach(async () => {
  await Promise.all(tabs.map((tab) => tab.close()));
  await server.stop();
});

/** Opens the app on this device, and waits until it is level with the server. */
async function open(database?: string): Promise<TestTab> {
  const tab = openTab({ server, time, ...(database !== undefined && { database }) });
  tabs.push(tab);
  storesOf(tab);
  await useSession().restore();
  await tab.live();
  return tab;
}

test("what was chosen last comes first, once, also after the app was opened again", async () => {
  const tab = await open();
  const recent = useRecentEmoji();
  for (const emoji of ["🙏", "🎉", "🙏", "🚲"]) recent.note(emoji);
  expect(await recent.read()).toEqual(["🚲", "🙏", "🎉"]);
  await tab.close();
  await open(tab.database);
  expect(await useRecentEmoji().read()).toEqual(["🚲", "🙏", "🎉"]);
});

test("no more are kept than the picker shows", async () => {
  await open();
  const recent = useRecentEmoji();
  const many = EMOJI.slice(0, RECENT_EMOJI_MAX + 3);
  for (const emoji of many) recent.note(emoji);
  expect(await recent.read()).toEqual(many.toReversed().slice(0, RECENT_EMOJI_MAX));
});

test("they go with the sign-out", async () => {
  const tab = await open();
  useRecentEmoji().note("🎂");
  expect(await useRecentEmoji().read()).toEqual(["🎂"]);
  await useSession().signOut();
  await useSession().signIn({ phone: "+12025550101", code: "123456" });
  await tab.live();
  expect(await useRecentEmoji().read()).toEqual([]);
});
