import { describe, expect, test } from "bun:test";
import type { Me, PushAnswer, PushRequest } from "#protocol/http.ts";
import type { Epoch, SessionId, UserId } from "#protocol/ids.ts";
import { adopt } from "../db/device.ts";
import { openDisk } from "../db/open.ts";
import { freshName } from "../testing/disk.ts";
import { ApiProblem } from "./api.ts";
import { createPush, switchOf } from "./push.ts";
import type { BrowserSubscription, PushBrowser, PushState } from "./push.ts";

const me: Me = {
  id: "00000000-0000-4000-8000-00000000000a" as UserId,
  name: "Ann",
  hue: null,
  showsPresence: true,
  sendsReceipts: true,
  phoneHint: "01",
  role: "member",
  epoch: "00000000-0000-4000-8000-0000000000ee" as Epoch,
  session: "00000000-0000-4000-8000-00000000005e" as SessionId,
};

/** A browser whose person says what `answer` is, and that may lose its subscription. */
function lendBrowser(answer: NotificationPermission = "granted") {
  let permission: NotificationPermission = "default";
  let held: BrowserSubscription | null = null;
  let made = 0;
  const browser: PushBrowser = {
    permission: () => permission,
    ask: async () => (permission = answer),
    subscription: async () => held,
    async subscribe(publicKey) {
      made += 1;
      held = { endpoint: `https://push.example/${made}`, p256dh: "p", auth: "a", publicKey };
      return held;
    },
    unsubscribe: async () => void (held = null),
  };
  return { browser, lose: () => (held = null), held: () => held };
}

function lendServer() {
  const server = {
    publicKey: "key 1" as string | null,
    kept: null as PushRequest | null,
    last: { lastAt: null, lastResult: null } as Pick<
      NonNullable<PushAnswer["subscription"]>,
      "lastAt" | "lastResult"
    >,
    reachable: true,
    /** Held up requests go on once this resolves. */
    free: Promise.resolve(),
  };
  const answer = (): PushAnswer => ({
    publicKey: server.publicKey,
    subscription: server.kept && { preview: server.kept.preview, ...server.last },
  });
  const reached = async () => {
    await server.free;
    if (!server.reachable) throw new ApiProblem({ code: "unreachable", message: "" });
  };
  const api = {
    push: () => reached().then(answer),
    putPush: (request: PushRequest) => reached().then(() => ((server.kept = request), answer())),
    deletePush: () => reached().then(() => void (server.kept = null)),
  };
  return { server, api };
}

async function setUp({ answer }: { answer?: NotificationPermission } = {}) {
  const disk = openDisk({ name: freshName() });
  await adopt(disk, me);
  const lent = lendBrowser(answer);
  const { server, api } = lendServer();
  const failures: unknown[] = [];
  const make = (browser: PushBrowser | null = lent.browser) =>
    createPush({
      disk,
      user: me.id,
      api,
      browser,
      language: () => "ar",
      changed: () => {},
      failed: (error) => failures.push(error),
    });
  const start = async (browser?: PushBrowser | null) => {
    const push = make(browser);
    await push.refresh();
    return push;
  };
  return { ...lent, disk, server, failures, make, start };
}

describe("notifications of a device", () => {
  test("are off until its person turns them on, and then known to the server", async () => {
    const { start, server } = await setUp();
    const push = await start();
    expect(push.view()).toMatchObject({ state: "off", choice: { wanted: false, preview: false } });
    expect(server.kept).toBeNull();
    await push.turnOn();
    expect(push.view().state).toBe("on");
    expect(server.kept).toEqual({
      endpoint: "https://push.example/1",
      p256dh: "p",
      auth: "a",
      preview: false,
    });
  });

  test("are the same after a start, and the worker knows what was chosen", async () => {
    const { start, server, disk } = await setUp();
    const first = await start();
    await first.turnOn();
    await first.choose({ preview: true, sound: false });
    expect(server.kept?.preview).toBe(true);
    const row = await disk.read((tx) => tx.objectStore("meta").get("notifications"));
    expect(row).toMatchObject({ wanted: true, preview: true, sound: false, vibrate: true, language: "ar" });
    server.last = { lastAt: 5, lastResult: "sent" };
    const second = await start();
    expect(second.view()).toMatchObject({
      state: "on",
      choice: { preview: true, sound: false },
      last: { at: 5, result: "sent" },
    });
  });

  test("come back when the browser has lost its subscription, or the server its copy", async () => {
    const { start, server, lose } = await setUp();
    await (await start()).turnOn();
    lose();
    server.kept = null;
    const push = await start();
    expect(push.view().state).toBe("on");
    expect(server.kept).toMatchObject({ endpoint: "https://push.example/2" });
  });

  test("are subscribed anew when the server has another key", async () => {
    const { start, server, held } = await setUp();
    await (await start()).turnOn();
    server.publicKey = "key 2";
    await start();
    expect(held()?.publicKey).toBe("key 2");
    expect(server.kept).toMatchObject({ endpoint: held()?.endpoint });
  });

  test("turned off, are gone from the browser, from the server, and after a start", async () => {
    const { start, server, held } = await setUp();
    const push = await start();
    await push.turnOn();
    await push.turnOff();
    expect(push.view().state).toBe("off");
    expect([held(), server.kept]).toEqual([null, null]);
    expect((await start()).view().state).toBe("off");
  });

  test("say what stands in their way", async () => {
    const { start, server } = await setUp({ answer: "denied" });
    expect((await start(null)).view().state).toBe("unable");
    const push = await start();
    await push.turnOn();
    expect(push.view().state).toBe("blocked");
    expect((await start()).view().state).toBe("blocked");
    server.publicKey = null;
    expect((await start()).view().state).toBe("unoffered");
  });

  test("that are wanted while the server is away are broken, not off, and mend at the next start", async () => {
    const { start, server, failures } = await setUp();
    await (await start()).turnOn();
    server.reachable = false;
    expect((await start()).view().state).toBe("broken");
    expect(failures).toHaveLength(1);
    server.reachable = true;
    expect((await start()).view().state).toBe("on");
  });
});

describe("their switch", () => {
  test("stands where the person left it before anything was asked, and says of an obstacle only that there is one", async () => {
    const { start, make } = await setUp();
    expect(switchOf(make().view())).toEqual({ on: false, turnable: true });
    const { choice, last } = (await start()).view();
    const of = (state: PushState, wanted: boolean) =>
      switchOf({ state, choice: { ...choice, wanted }, last });
    expect(of("unknown", true)).toEqual({ on: true, turnable: true });
    expect([of("on", true).on, of("broken", true).on, of("off", false).on]).toEqual([true, false, false]);
    for (const state of ["unable", "unoffered", "blocked"] as const) {
      expect(of(state, true)).toEqual({ on: false, turnable: false });
    }
  });

  test.each(["turnOn", "turnOff"] as const)("turned while they are looked at holds: %s", async (turn) => {
    const { start, make, server, held } = await setUp();
    if (turn === "turnOff") await (await start()).turnOn();
    const { promise, resolve } = Promise.withResolvers<void>();
    server.free = promise;
    const push = make();
    const looked = push.refresh();
    const turned = push[turn]();
    resolve();
    await Promise.all([looked, turned]);
    const on = turn === "turnOn";
    expect(switchOf(push.view())).toEqual({ on, turnable: true });
    expect([held() !== null, server.kept !== null]).toEqual([on, on]);
  });

  test("whose server failed once is turned at the next try", async () => {
    const { start, server } = await setUp();
    const push = await start();
    server.reachable = false;
    await expect(push.turnOn()).rejects.toMatchObject({ code: "unreachable" });
    server.reachable = true;
    await push.turnOn();
    expect(push.view().state).toBe("on");
  });
});
