/** What people could write to hurt whoever reads it, in every place where it is shown. */
import type { Page } from "@playwright/test";
import type { Snapshot } from "#protocol/http.ts";
import { misplaced, oddElements, watchForHarm } from "./harm.ts";
import { HOSTILE_ADDRESSES, HOSTILE_FRAGMENT, HOSTILE_NAMES, HOSTILE_TEXTS } from "./hostile.ts";
import { lendPushHost } from "./notified.ts";
import { expect, test } from "./people.ts";
import { ask, sendMany } from "./raw.ts";

const PHONE = { width: 390, height: 844 };
const DESKTOP = { width: 1_280, height: 800 };
/** Nobody listens there: what it is told comes from the test. */
const NO_PUSH_HOST = { endpoint: "https://push.invalid/x", p256dh: "", auth: "" };

const SHOWN = HOSTILE_TEXTS.map(({ text, shown = text }) => shown);
const [SCRIPT = ""] = SHOWN;
const ALL = SHOWN.toSorted();

test("whatever is written is shown as text, runs nothing, and leaves everything in its place", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  const harm = await watchForHarm(bob.context);
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await bob.page.setViewportSize(PHONE);
  const texts = HOSTILE_TEXTS.map(({ text }) => text);
  await sendMany(alice.page, { to: await bob.id(), texts });
  const preview = bob.page.locator("nav .preview .text");
  await expect.poll(() => preview.textContent()).toBe(SHOWN.at(-1));
  expect(await readsAll(bob.page)).toEqual(ALL);

  // From the device's own copy, and on the other size; and as the server keeps it for everybody.
  await bob.page.setViewportSize(DESKTOP);
  await bob.reloads();
  await bob.tab.hasChatWith("Alice");
  expect(await readsAll(bob.page)).toEqual(ALL);
  const { conversations } = await ask<Snapshot>(alice.page, "GET", "/api/snapshot");
  expect(conversations.flatMap(({ messages }) => messages.map(({ text }) => text))).toEqual(SHOWN);
  expect(await harm()).toEqual([]);
});

test(
  "whatever somebody is called, opens, quotes, drafts, finds or is notified of, is text too",
  { tag: "@whole" },
  async ({ people }) => {
    const [alice, bob] = await people.pair();
    const harm = await watchForHarm(bob.context);
    const notified = await lendPushHost(bob, NO_PUSH_HOST);
    await alice.signsIn();
    const { page } = await bob.opens();
    await opensAll(page, () => bob.tab.isSignedOut());
    await bob.signsIn();
    await opensAll(page, () => bob.tab.isSignedIn());
    await page.goto("/");
    await bob.opensChatWith(alice);
    await bob.says(SCRIPT, { to: alice });
    await bob.tab.does("Reply", SCRIPT);
    await bob.says("as I said", { to: alice });
    const quote = bob.tab.messages.locator(".quote .words");
    expect(await quote.evaluate(({ textContent }) => textContent)).toBe(SCRIPT);

    const draft = HOSTILE_TEXTS.filter(({ what }) => what === "markup" || what === "links")
      .map(({ text }) => text)
      .join("\n");
    await bob.tab.field.fill(draft);
    await bob.reloads();
    await bob.tab.hasChatWith("Alice");
    await expect(bob.tab.field).toHaveValue(draft);

    for (const { what, text, shown = text } of HOSTILE_NAMES) {
      await ask(alice.page, "PATCH", "/api/profile", { name: text });
      const heading = bob.page.getByRole("main").getByRole("heading", { level: 2 });
      await expect.poll(() => heading.textContent(), what).toBe(shown);
      const row = bob.tab.conversations.getByRole("listitem").locator(".name");
      expect(await row.textContent(), what).toBe(shown);
      for (const size of [PHONE, DESKTOP]) {
        await bob.page.setViewportSize(size);
        expect(await oddElements(bob.page), what).toEqual([]);
        // On a phone the conversation slides in.
        await expect.poll(() => misplaced(bob.page), what).toEqual([]);
      }
    }

    const [{ text: alias } = { text: "" }] = HOSTILE_NAMES;
    const id = await alice.id();
    await ask(bob.page, "PATCH", `/api/contacts/${id}`, { alias });
    await bob.page.goto(`/people/${id}`);
    await expect(bob.page.getByRole("heading", { name: alias }).first()).toBeVisible();
    await expect.poll(() => misplaced(bob.page)).toEqual([]);

    await bob.tab.searches("window.hurt");
    await bob.tab.finds(SCRIPT);
    expect(await oddElements(bob.page)).toEqual([]);

    const [{ conversation = "" } = {}] = await ask<{ conversation?: string }[]>(
      bob.page,
      "GET",
      "/api/contacts",
    );
    await notified.gets({ conversation, seq: 9, count: 1, unread: 1, name: alias, text: SCRIPT });
    expect(await notified.shown()).toEqual([{ title: alias, body: SCRIPT }]);
    expect(await harm()).toEqual([]);
  },
);

/** Opens the app at every hostile address; an invite's link is for who is signed in and who is not. */
async function opensAll(page: Page, isThere: () => Promise<void>): Promise<void> {
  await page.goto(`/invite${HOSTILE_FRAGMENT}`);
  await expect(page.getByRole("heading").first()).toBeVisible();
  expect(await oddElements(page)).toEqual([]);
  for (const address of HOSTILE_ADDRESSES) {
    await page.goto(address);
    await isThere();
    expect(await oddElements(page), address).toEqual([]);
  }
}

/** Scrolls from the newest message to the oldest, looks at all that comes by, and returns the texts, sorted. */
async function readsAll(page: Page): Promise<string[]> {
  const texts = new Map<string, string>();
  await toEnd(page);
  for (;;) {
    const [shown, odd] = await Promise.all([textsOn(page), oddElements(page)]);
    expect(odd).toEqual([]);
    // A list that has just been scrolled still measures what came in.
    await expect.poll(() => misplaced(page)).toEqual([]);
    for (const [key, text] of [...shown, ...(await textsOn(page))]) texts.set(key, text);
    if (!(await scrollsUp(page))) break;
  }
  return [...texts.values()].toSorted();
}

function textsOn(page: Page): Promise<[key: string, text: string][]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>("[role=log] article")].map((article): [string, string] => [
      article.dataset["key"] ?? "",
      article.querySelector(".text")?.textContent ?? "",
    ]),
  );
}

/** Rows are measured as they come into sight, so the end moves away a few times. */
function toEnd(page: Page): Promise<void> {
  return page.evaluate(async () => {
    for (let frame = 0; frame < 10; frame++) {
      const list = document.querySelector("[role=log]");
      list?.scrollTo({ top: list.scrollHeight });
      await new Promise(requestAnimationFrame);
    }
  });
}

/** By half a page, for rows that turn out higher push others down again; false when it is at the top already. */
function scrollsUp(page: Page): Promise<boolean> {
  return page.evaluate(async () => {
    const list = document.querySelector("[role=log]");
    if (list === null || list.scrollTop <= 0) return false;
    list.scrollBy({ top: -0.5 * list.clientHeight });
    for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
    return true;
  });
}
