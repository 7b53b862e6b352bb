import { expect, test } from "bun:test";
import { array, assert, asyncProperty, constant, oneof } from "fast-check";
import { CLOSE } from "#protocol/close_codes.ts";
import type { Command } from "#protocol/frames.ts";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import { COMMANDS_PER_SECOND, HEARTBEAT_MS } from "#protocol/limits.ts";
import { openDisk } from "../db/open.ts";
import { freshName } from "../testing/disk.ts";
import { setScene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import { createReads } from "./reads.ts";

/** How often each comes beside the others: what ends in marks that nobody has said, more often. */
const STEPS = {
  "bob writes": 4,
  "a tab is opened": 4,
  "the first tab is closed": 1,
  "the last tab is closed": 1,
  "the first tab shows all": 1,
  "the last tab shows all": 1,
  "the last tab shows all, and is closed once that is stored": 4,
  "every connection breaks": 1,
  "the server is gone": 1,
  "the server is back": 1,
  "the server stops listening": 3,
  "the server listens again": 1,
  "a while passes": 1,
  "a heartbeat passes": 1,
};
type Step = keyof typeof STEPS;

const PACE_MS = 300;
const TABS_MAX = 3;
/** Of one run: a mark that never comes is a failure with its steps, and not looked at in shorter ones, which would hang as well. */
const RUN_WITHIN_MS = 10_000;

test("whatever happens to tabs and connections, the server hears of all that was read on a device", async () => {
  const step = oneof(
    ...Object.entries(STEPS).map(([name, weight]) => ({ weight, arbitrary: constant(name as Step) })),
  );
  await assert(
    asyncProperty(array(step, { maxLength: 12 }), async (steps) => {
      await using device = await startDevice();
      for (const step of steps) await device.take(step);
      await device.mend();
      while (device.confirmed() < (await device.read())) await device.signOfLife();
    }),
    { numRuns: 25, timeout: RUN_WITHIN_MS, endOnFailure: true },
  );
});

test("the marks of any number of chats are said below the server's pace, each once", async () => {
  const marks = new Map(Array.from({ length: 150 }, (_, index) => [`chat ${index}` as ConversationId, 7]));
  const time = borrowTime();
  const said: Command[] = [];
  const reads = createReads({
    time,
    say: (command) => said.push(command) > 0,
    unconfirmed: async () => marks,
    write: () => Promise.reject(new Error("nothing is read")),
    applied() {},
    failed(error) {
      throw error;
    },
  });
  await reads.sayAgain();
  for (let second = 1; said.length < marks.size; second += 1) {
    time.pass(1_000);
    expect(said.length).toBeLessThanOrEqual((second + 1) * COMMANDS_PER_SECOND);
  }
  expect(new Set(said.map((command) => command.type === "message.read" && command.conversation)).size).toBe(
    150,
  );
  time.pass(1_000);
  expect(said).toHaveLength(150);
  expect(time.waiting()).toBe(0);
});

interface TestDevice extends AsyncDisposable {
  take(step: Step): Promise<void>;
  /** The server is there and one tab at least is live. */
  mend(): Promise<void>;
  /** Resolves once the server has heard one from a tab. */
  signOfLife(): Promise<void>;
  /** How far the device says that its person has read. */
  read(): Promise<Seq>;
  /** How far the server knows that they have. */
  confirmed(): Seq;
}

/** A device whose person is signed in, with one tab. */
async function startDevice(): Promise<TestDevice> {
  const { time, log, bob, conversation, server, ...scene } = setScene();
  const database = freshName();
  const disk = openDisk({ name: database });
  let tabs: TestTab[] = [];

  async function open(): Promise<void> {
    const tab = scene.open({ database });
    tabs.push(tab);
    await tab.account.restore();
  }

  async function close(tab: TestTab | undefined): Promise<void> {
    tabs = tabs.filter((other) => other !== tab);
    await tab?.close();
  }

  /** Answers up to where. */
  function showAll(tab: TestTab | undefined): Seq {
    const line = tab?.line();
    const head = line?.conversations().get(conversation)?.row.headSeq ?? 0;
    if (head > 0) line?.seen(conversation, head);
    return head;
  }

  async function read(): Promise<Seq> {
    const row = await disk.read((tx) => tx.objectStore("conversations").get(conversation));
    return row?.mine.read ?? 0;
  }

  const steps: Record<Step, () => void | Promise<void>> = {
    "bob writes"() {
      log.hear(bob.id, "hello");
      server.deliver();
    },
    "a tab is opened": () => (tabs.length < TABS_MAX ? open() : undefined),
    "the first tab is closed": () => close(tabs[0]),
    "the last tab is closed": () => close(tabs.at(-1)),
    "the first tab shows all": () => void showAll(tabs[0]),
    "the last tab shows all": () => void showAll(tabs.at(-1)),
    async "the last tab shows all, and is closed once that is stored"() {
      const tab = tabs.at(-1);
      const head = showAll(tab);
      while ((await read()) < head) time.pass(PACE_MS);
      await close(tab);
    },
    "every connection breaks": () => server.closeAll(CLOSE.draining),
    "the server is gone"() {
      server.down = true;
      server.closeAll(CLOSE.draining);
    },
    "the server is back": () => void (server.down = false),
    "the server stops listening": () => void (server.deaf = true),
    "the server listens again": () => void (server.deaf = false),
    "a while passes": () => time.pass(PACE_MS),
    "a heartbeat passes": () => time.pass(HEARTBEAT_MS),
  };

  await open();
  await tabs[0]?.live();
  return {
    async take(step) {
      await steps[step]();
      // What is on its way gets a turn to arrive, or not.
      await Bun.sleep(0);
    },
    async mend() {
      server.down = false;
      server.deaf = false;
      if (tabs.length === 0) await open();
      const [tab] = tabs;
      if (tab === undefined) throw new Error("There is no tab.");
      const stop = tab.on(() => tab.line()?.tryNow());
      await tab.until(() => tab.line() !== null);
      time.pass(HEARTBEAT_MS);
      // An attempt that the clock ran over is given up by the clock as well.
      let live = false;
      void tab.live().then(() => (live = true));
      while (!live) {
        time.pass(PACE_MS);
        await Bun.sleep(1);
      }
      stop();
    },
    async signOfLife() {
      const pings = server.heardOf("ping").length;
      for (const tab of tabs) tab.line()?.check();
      await server.until(() => server.heardOf("ping").length > pings);
      await Bun.sleep(0);
    },
    read,
    confirmed: () => log.snapshot().conversations[0]?.mine.read ?? 0,
    async [Symbol.asyncDispose]() {
      await disk.close();
      await scene.close();
    },
  };
}
