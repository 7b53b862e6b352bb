import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { effectScope, nextTick } from "vue";
import type { App, EffectScope } from "vue";
import { CLOSE } from "#protocol/close_codes.ts";
import { useConversations } from "../stores/conversations.ts";
import { leave } from "../db/device.ts";
import { openDisk } from "../db/open.ts";
import { openPage } from "../testing/page.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import { storesOf } from "../testing/stores.ts";
import type { TestTab } from "../testing/tab.ts";
import { useAttention } from "./attention.ts";
import { useBadge } from "./badge.ts";
import { browserEdges } from "./browser.ts";

let { log, bob, server, open, close } = {} as Scene;
let closePage: () => Promise<void>;
let tab: TestTab;
let app: App;
let scope: EffectScope;

beforeEach(() => {
  closePage = openPage();
  ({ log, bob, server, open, close } = setScene());
  tab = open();
  app = storesOf(tab);
  scope = effectScope();
});

afterEach(async () => {
  scope.stop();
  await close();
  await closePage();
});

/** Runs a composable as the root component would. */
function use(composable: () => void): void {
  app.runWithContext(() => scope.run(composable));
}

async function live(): Promise<void> {
  await tab.account.restore();
  await tab.live();
}

function show(state: "visible" | "hidden"): void {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new window.Event("visibilitychange"));
}

function comesBack(): void {
  window.dispatchEvent(Object.assign(new window.Event("pageshow"), { persisted: true }));
}

const presence = (): string[] => server.heardOf("presence").map(({ state }) => state);

describe("attention", () => {
  test.each(["focus", "pageshow", "online"])("%s ends the wait for the next attempt", async (event) => {
    use(useAttention);
    await live();
    server.closeAll(CLOSE.draining);
    await tab.until(() => tab.open().view().state === "waiting");
    window.dispatchEvent(new window.Event(event));
    await tab.live();
    expect(server.heardOf("hello").length).toBeGreaterThanOrEqual(2);
  });

  test("a page that is shown again checks its connection, and says who looks", async () => {
    use(useAttention);
    await live();
    show("hidden");
    await server.until(() => presence().at(-1) === "away");
    show("visible");
    await server.until(() => presence().at(-1) === "online" && server.heardOf("ping").length === 1);
    expect(presence()).toEqual(["online", "away", "online"]);
  });

  test("a device without its copy asks again who it is once it is online", async () => {
    use(useAttention);
    server.down = true;
    await tab.account.restore();
    expect(tab.account.state()).toBe("signedOut");
    server.down = false;
    window.dispatchEvent(new window.Event("online"));
    await tab.until(() => tab.account.state() === "signedIn");
    expect(tab.account.me()?.id).toBe(log.me.id);
  });

  test("a move to another network checks the connection, where the browser tells of it", async () => {
    const network = new window.EventTarget();
    Object.assign(navigator, { connection: network });
    use(useAttention);
    await live();
    network.dispatchEvent(new window.Event("change"));
    await server.until(() => server.heardOf("ping").length === 1);
    expect(tab.open().view().state).toBe("live");
  });

  test("without a network nothing is said into the void, and it comes back with the network", async () => {
    use(useAttention);
    await live();
    window.dispatchEvent(new window.Event("offline"));
    expect(tab.open().view().state).toBe("waiting");
    await tab.open().send({ conversation: log.meet("Carol").conversation, to: bob.id, text: "later" });
    expect(tab.open().unsent()).toMatchObject([{ saidAt: null, standing: "waiting" }]);
    window.dispatchEvent(new window.Event("online"));
    await tab.live();
  });

  test("a page that is put away holds no socket; shown again as it was, it catches up", async () => {
    use(useAttention);
    await live();
    window.dispatchEvent(new window.Event("pagehide"));
    await server.until(() => server.sockets() === 0);
    log.hear(bob.id, "meanwhile");
    comesBack();
    const texts = () => [...tab.open().conversations().values()].map(({ last }) => last?.text);
    await tab.until(() => texts().includes("meanwhile"));
  });

  test("a page that comes back asks who is here: a sign-out in another tab was not heard", async () => {
    use(useAttention);
    await live();
    window.dispatchEvent(new window.Event("pagehide"));
    await server.until(() => server.sockets() === 0);
    // There is no server to ask either.
    server.down = true;
    const disk = openDisk({ name: tab.database });
    await leave(disk, { session: log.me.session });
    await disk.close();
    comesBack();
    await tab.until(() => tab.account.state() === "signedOut");
  });

  test("ends with its component", async () => {
    use(useAttention);
    await live();
    scope.stop();
    server.closeAll(CLOSE.draining);
    await tab.until(() => tab.open().view().state === "waiting");
    window.dispatchEvent(new window.Event("online"));
    expect(tab.open().view().state).toBe("waiting");
  });
});

describe("the badge", () => {
  test("counts what is unread, in the title too", async () => {
    const badges: number[] = [];
    Object.assign(navigator, { setAppBadge: async (count: number) => void badges.push(count) });
    use(() => useBadge({ title: "Parley" }));
    await live();
    expect(document.title).toBe("Parley");
    const conversation = log.hear(bob.id, "hello").conversation;
    server.deliver();
    await tab.until(() => useConversations().unreadTotal === 1);
    await nextTick();
    expect([document.title, badges.at(-1)]).toEqual(["(1) Parley", 1]);
    tab.open().seen(conversation, 1);
    await tab.until(() => useConversations().unreadTotal === 0);
    await nextTick();
    expect([document.title, badges.at(-1)]).toEqual(["Parley", 0]);
  });
});

test("the socket's address is the page's own, with the socket's scheme", () => {
  const edges = browserEdges({ build: "2026-11-22" });
  expect([edges.url, edges.origin]).toEqual(["wss://parley.example/ws", ""]);
  edges.channel?.close();
});
