/** `bun run measure`: how quick the app is in a browser. Not part of the gate, which runs on machines that are busy: it prints. */
import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "./people.ts";

const MESSAGES = 5_000;
/** As the server sends a batch of them no faster than this is asked for. */
const UNHURRIED = { SEND_BURST: "100000", SENDS_PER_SECOND: "100000" };
const SLOWED = 4;
const STARTS = 5;
const WHEEL_TURNS = 150;
const WHEEL_PX = 100;

test.setTimeout(600_000);

test("cold start without network, to the last conversation", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await alice.opensChatWith(bob);
  await bob.writesMany(numbered(200), { to: alice });
  await alice.sees("message 199");
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.page.close();
  const taken: number[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const page = await alice.context.newPage();
    await page.addInitScript(noteFirstMessage);
    await page.goto("/");
    await expect.poll(() => page.evaluate(() => (window as Marked).firstMessageMs ?? null)).not.toBeNull();
    taken.push(await page.evaluate(() => Math.round((window as Marked).firstMessageMs ?? 0)));
    await page.close();
  }
  print(`cold start offline to the last conversation: ${taken.join(", ")} ms`);
});

test("opening a conversation of five thousand messages on a slow processor", async ({ own, guests }) => {
  await own.stop();
  await own.start(UNHURRIED);
  const [alice, bob] = await guests.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await bob.writesMany(numbered(MESSAGES), { to: alice });
  await expect.poll(() => keptMessages(alice.page), { timeout: 60_000 }).toBe(MESSAGES);

  const browser = await alice.context.newCDPSession(alice.page);
  await slow(browser, SLOWED);
  await watchTasks(alice.page);
  await alice.opensChatWith(bob);
  await settled(alice.page);
  print(`opened with ${MESSAGES} unread: ${await tasks(alice.page)}`);
  await alice.page.getByRole("button", { name: /new messages/ }).click();
  await settled(alice.page);
  print(`to its end: ${await tasks(alice.page)}`);

  await slow(browser, 1);
  await expect(alice.tab.conversationWith("Bob").getByLabel(/unread/)).toHaveCount(0);
  await alice.page.goto("/");
  await alice.tab.hasChatWith("Bob");
  await alice.page.goto("/people");
  await slow(browser, SLOWED);
  await watchTasks(alice.page);
  await alice.opensChatWith(bob);
  await settled(alice.page);
  print(`opened with everything read: ${await tasks(alice.page)}`);
  await alice.tab.messages.hover();
  for (let turn = 0; turn < 40; turn += 1) await alice.page.mouse.wheel(0, -1_500);
  await settled(alice.page);
  print(`scrolled up as far as it goes: ${await tasks(alice.page)}`);
  for (const rate of [1, SLOWED]) {
    await slow(browser, rate);
    print(
      `scrolled by hand, ${rate} times slowed: ${await framesWhile(alice.page, () => scroll(alice.page))}`,
    );
  }
});

interface Marked extends Window {
  firstMessageMs?: number;
  taskMs?: number[];
  frameMs?: number[];
}

/** As a hand turns a wheel. */
async function scroll(page: Page): Promise<void> {
  for (let turn = 0; turn < WHEEL_TURNS; turn += 1) await page.mouse.wheel(0, -WHEEL_PX);
}

/** How evenly frames came while `work` went on. */
async function framesWhile(page: Page, work: () => Promise<void>): Promise<string> {
  await page.evaluate(() => {
    const marked = window as Marked;
    const frameMs: number[] = [];
    marked.frameMs = frameMs;
    let last = performance.now();
    requestAnimationFrame(function next(now) {
      frameMs.push(now - last);
      last = now;
      if (marked.frameMs === frameMs) requestAnimationFrame(next);
    });
  });
  await work();
  const frameMs = await page.evaluate(() => {
    const marked = window as Marked;
    const taken = marked.frameMs ?? [];
    delete marked.frameMs;
    return taken;
  });
  const sorted = frameMs.toSorted((one, other) => one - other);
  const at = (part: number) => (sorted[Math.floor(part * (sorted.length - 1))] ?? 0).toFixed(1);
  return `${sorted.length} frames, p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, longest ${at(1)} ms`;
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `message ${index}`);
}

/** Notes when the first message stands on the screen, counted from the navigation. */
function noteFirstMessage(): void {
  // oxlint-disable-next-line consistent-function-scoping -- only what is in here goes to the page.
  function look(): void {
    if (document.querySelector("[role=log] article, [role=log] [role=article]")) {
      (window as Marked).firstMessageMs = performance.now();
    } else requestAnimationFrame(look);
  }
  requestAnimationFrame(look);
}

async function slow(browser: CDPSession, rate: number): Promise<void> {
  await browser.send("Emulation.setCPUThrottlingRate", { rate });
}

/** The browser tells of every task of more than 50 ms. */
async function watchTasks(page: Page): Promise<void> {
  await page.evaluate(() => {
    const marked = window as Marked;
    marked.taskMs = [];
    new PerformanceObserver((list) => {
      marked.taskMs?.push(...list.getEntries().map(({ duration }) => Math.round(duration)));
    }).observe({ type: "longtask" });
  });
}

async function tasks(page: Page): Promise<string> {
  const taken = await page.evaluate(() => (window as Marked).taskMs?.splice(0) ?? []);
  return `longest task ${Math.max(0, ...taken)} ms, of ${taken.length} over 50 ms (${taken.join(", ")})`;
}

/** Nothing is drawn any more that was not drawn before. */
async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let quiet = 0, before = ""; quiet < 10;) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      await new Promise((resolve) => setTimeout(resolve, 50));
      const now = document.body.innerHTML;
      quiet = now === before ? quiet + 1 : 0;
      before = now;
    }
  });
}

async function keptMessages(page: Page): Promise<number> {
  return await page.evaluate(async () => {
    const opening = indexedDB.open("parley");
    await new Promise((resolve) => opening.addEventListener("success", resolve));
    const counting = opening.result.transaction("messages").objectStore("messages").count();
    await new Promise((resolve) => counting.addEventListener("success", resolve));
    opening.result.close();
    return counting.result;
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
