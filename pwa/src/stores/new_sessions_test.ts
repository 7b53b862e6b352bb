import { afterEach, beforeEach, expect, test } from "bun:test";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import type { Place, TestTab } from "../testing/tab.ts";
import { useNewSessions } from "./new_sessions.ts";
import { useSession } from "./session.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const HOUR_MS = 60 * 60 * 1_000;

let { time, log, server, open, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, server, open, close } = setAppScene());
});

afterEach(() => close());

/** Opens the app on this device, and waits until it is level with the server. */
async function live(place: Partial<Place> = {}): Promise<TestTab> {
  const tab = open(place);
  useNewSessions();
  await useSession().restore();
  await tab.live();
  return tab;
}

function names(): string[] {
  return useNewSessions().list.map(({ device }) => device);
}

test("a person is told of a sign-in elsewhere, once it happens, until they have looked", async () => {
  const tab = await live();
  expect(names()).toEqual([]);
  log.signIn("Safari on iPhone");
  server.deliver();
  await tab.until(() => names().length > 0);
  expect(names()).toEqual(["Safari on iPhone"]);
  await useNewSessions().dismiss();
  expect(names()).toEqual([]);
});

test("what was dismissed in one tab is gone from the others, and what came since is not", async () => {
  const here = await live();
  const there = await live({ database: here.database });
  const told = (tab: TestTab) =>
    tab
      .open()
      .news.list()
      .map(({ device }) => device);
  log.signIn("Safari on iPhone");
  server.deliver();
  for (const tab of [here, there]) await tab.until(() => told(tab).length === 1);
  time.pass(1);
  log.signIn("Firefox on Windows");
  server.deliver();
  await there.until(() => told(there).length === 2);
  await here.until(() => told(here).length === 2);
  await here.open().news.dismiss();
  time.pass(1);
  log.signIn("Edge on Windows");
  server.deliver();
  await there.until(() => told(there).join() === "Edge on Windows");
  await here.until(() => told(here).join() === "Edge on Windows");
});

test("what was not looked at is there when the app is opened again; what was dismissed is not", async () => {
  const { database, until } = await live();
  log.signIn("Safari on iPhone");
  server.deliver();
  await until(() => names().length === 1);
  await useNewSessions().dismiss();
  time.pass(1);
  log.signIn("Firefox on Windows");
  server.deliver();
  await until(() => names().length === 1);
  await live({ database });
  expect(names()).toEqual(["Firefox on Windows"]);
});

test("a sign-in that a device slept through is told after the snapshot, and what it dismissed is not told again", async () => {
  const tab = await live();
  log.signIn("Safari on iPhone");
  server.deliver();
  await tab.until(() => names().length === 1);
  await useNewSessions().dismiss();
  await tab.close();
  time.pass(HOUR_MS);
  log.signIn("Firefox on Windows");
  // As when the device was away for too long to resume.
  const before = server.snapshots;
  const late = await live({ database: tab.database });
  server.say({ type: "resync", reason: "behind" });
  await late.until(() => server.snapshots > before && names().length === 1);
  expect(names()).toEqual(["Firefox on Windows"]);
});

test("a new device is told nothing of what was before it, nor of itself", async () => {
  log.signIn("Safari on iPhone");
  const own = log.signIn("Chrome on Linux");
  log.me.session = own.id;
  const tab = await live();
  server.deliver();
  time.pass(1);
  log.signIn("Edge on Windows");
  server.deliver();
  await tab.until(() => names().length > 0);
  expect(names()).toEqual(["Edge on Windows"]);
});

test("nobody is told of a sign-in that is past the retention", async () => {
  const tab = await live();
  log.signIn("Safari on iPhone");
  server.deliver();
  await tab.until(() => names().length === 1);
  await tab.close();
  time.pass(8 * DAY_MS);
  await live({ database: tab.database });
  expect(names()).toEqual([]);
});

test("the next person on this device is told nothing of it", async () => {
  const tab = await live();
  log.signIn("Safari on iPhone");
  server.deliver();
  await tab.until(() => names().length === 1);
  await tab.account.signOut();
  expect(names()).toEqual([]);
});
