import { afterEach, beforeEach, describe, expect, setSystemTime, test } from "bun:test";
import { effectScope } from "vue";
import type { App, EffectScope } from "vue";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { openPage } from "../testing/page.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { storesOf } from "../testing/stores.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import { listenForInstall, useInstall } from "./install.ts";
import type { Install } from "./install.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Safari/604.1";
const MAC =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15";

let closePage: () => Promise<void>;
let log: Log;
let server: TestServer;
let tab: TestTab;
let app: App;
let scope: EffectScope;

beforeEach(async () => {
  closePage = openPage();
  const time = borrowTime();
  log = createLog({ now: time.now });
  log.hear(log.meet("Bob").person.id, "hello");
  server = startServer(log);
  tab = openTab({ server, time });
  app = storesOf(tab);
  scope = effectScope();
  await tab.account.restore();
  await tab.live();
});

afterEach(async () => {
  // The offer of this page is none for the next.
  window.dispatchEvent(new window.Event("appinstalled"));
  setSystemTime();
  scope.stop();
  await tab.close();
  await server.stop();
  await closePage();
});

function start(): Install {
  listenForInstall();
  return app.runWithContext(() => scope.run(useInstall)) as Install;
}

function is({ userAgent = navigator.userAgent, touches = 0 }): void {
  Object.defineProperty(navigator, "userAgent", { value: userAgent, configurable: true });
  Object.defineProperty(navigator, "maxTouchPoints", { value: touches, configurable: true });
}

/** What the browser does when the app can be installed. Answers how often it was told to ask. */
function offer(outcome: "accepted" | "dismissed"): { asked: number; withheld: boolean } {
  const event = new window.Event("beforeinstallprompt", { cancelable: true });
  const told = { asked: 0, withheld: false };
  Object.assign(event, {
    async prompt() {
      told.asked += 1;
      return { outcome };
    },
  });
  window.dispatchEvent(event);
  told.withheld = event.defaultPrevented;
  return told;
}

describe("the install hint", () => {
  test("comes with the browser's offer from the second start on, to who talks with somebody", async () => {
    const first = start();
    const told = offer("accepted");
    expect([told.withheld, first.way.value, first.fitting.value]).toEqual([true, "prompt", false]);
    const second = start();
    expect(second.fitting.value).toBe(true);
    await second.ask();
    expect(told.asked).toBe(1);
    window.dispatchEvent(new window.Event("appinstalled"));
    expect([second.way.value, second.fitting.value]).toEqual(["installed", false]);
  });

  test("does not come to a browser that offers nothing", () => {
    start();
    const { way, fitting } = start();
    expect([way.value, fitting.value]).toEqual(["menu", false]);
  });

  test("does not come to who talks with nobody yet", async () => {
    const { way, fitting } = start();
    start();
    offer("accepted");
    tab.open().close();
    await tab.account.signOut();
    expect([way.value, fitting.value]).toEqual(["prompt", false]);
  });

  test.each([
    ["here", (install: Install) => install.decline()],
    ["to the browser", (install: Install) => install.ask()],
  ])("leaves who says no %s in peace for a season", async (_, sayNo) => {
    start();
    offer("dismissed");
    await sayNo(start());
    offer("dismissed");
    expect(start().fitting.value).toBe(false);
    setSystemTime(Date.now() + 89 * DAY_MS);
    expect(start().fitting.value).toBe(false);
    setSystemTime(Date.now() + 2 * DAY_MS);
    expect(start().fitting.value).toBe(true);
  });
});

test.each([
  ["an iPhone", { userAgent: IPHONE, touches: 5 }, "ios"],
  ["an iPad", { userAgent: MAC, touches: 5 }, "ios"],
  ["a Mac", { userAgent: MAC }, "menu"],
])("%s has its own way", (_, device, way) => {
  is(device);
  start();
  const install = start();
  expect([install.way.value, install.fitting.value]).toEqual([way, way === "ios"] as never);
});

test("an app of its own has nothing to install", () => {
  is({ userAgent: IPHONE, touches: 5 });
  window.matchMedia = (query) => ({ matches: query === "(display-mode: standalone)" }) as MediaQueryList;
  start();
  const install = start();
  expect([install.way.value, install.fitting.value]).toEqual(["installed", false]);
});
