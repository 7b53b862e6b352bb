import { expect, type Page } from "@playwright/test";
import { IPHONE, test } from "./people.ts";

const PHONE = { viewport: { width: 390, height: 844 } };
const WIDTH_PX = PHONE.viewport.width;
const HINT = { name: "Keep Parley at hand" };

test("on a phone the list and a chat take turns, and the way back is the phone's own, or a thumb's", async ({
  people,
}) => {
  const alice = await people.join("Alice", { phone: true });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  await alice.signsIn();
  const { page } = alice;
  await alice.opensChatWith(bob);
  await expect(alice.tab.conversations).toBeHidden();
  await page.goBack();
  await expect(alice.tab.conversations).toBeVisible();
  await expect(alice.tab.messages).toBeHidden();
  await expect(alice.tab.conversationWith("Bob").getByRole("link")).toBeFocused();

  await alice.opensChatWith(bob);
  await swipe(page, { from: 4, to: WIDTH_PX * 0.2 });
  await expect(alice.tab.messages).toBeVisible();
  await swipe(page, { from: 4, to: WIDTH_PX * 0.8 });
  await expect(alice.tab.messages).toBeHidden();
  await expect(alice.tab.conversations).toBeVisible();

  await alice.opensChatWith(bob);
  await page.getByRole("button", { name: "Back to conversations" }).click();
  await expect(alice.tab.conversations).toBeVisible();
  expect(new URL(page.url()).pathname).toBe("/");
});

test("a chat that is not here yet has a way back", async ({ people }) => {
  const alice = await people.join("Alice", { phone: true });
  await alice.opens();
  const { page } = alice;
  await page.route("**/api/snapshot", () => undefined);
  await alice.signsIn();
  await page.goto(`/c/${crypto.randomUUID()}`);
  await expect(page.getByText("Loading messages")).toBeAttached();
  await page.getByRole("button", { name: "Back to conversations" }).click();
  await expect(page).toHaveURL((url) => url.pathname === "/");
});

test("the keyboard of a phone never covers what is written in", async ({ people }) => {
  const alice = await people.join("Alice", { phone: true });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  await alice.signsIn();
  await alice.opensChatWith(bob);
  const { page } = alice;
  // Where the keyboard makes the page smaller …
  await page.setViewportSize({ width: WIDTH_PX, height: 480 });
  const field = page.getByRole("textbox", { name: "Message" });
  expect(await bottomOf(page)).toBeLessThanOrEqual(480);
  await page.setViewportSize(PHONE.viewport);
  // … and where it lies over the page, as on an iPhone, which tells of it through the visual viewport.
  await page.evaluate(() => {
    const viewport = window.visualViewport;
    if (!viewport) throw new Error("there is no visual viewport here");
    Object.defineProperty(viewport, "height", { value: 480, configurable: true });
    viewport.dispatchEvent(new Event("resize"));
  });
  await expect.poll(() => bottomOf(page)).toBeLessThanOrEqual(480);
  await field.fill("One line\n".repeat(40));
  expect(await bottomOf(page)).toBeLessThanOrEqual(480);
  await expect(page.getByRole("button", { name: "Back to conversations" })).toBeInViewport();
});

test(
  "the app can be installed; what other apps share waits for who signs in, and goes to whom they choose",
  { tag: "@whole" },
  async ({ people }) => {
    const [alice, bob] = await people.pair();
    await alice.opens();
    await alice.isReadyForOffline();
    const { page } = alice;
    const devtools = await page.context().newCDPSession(page);
    const { errors } = await devtools.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
    // Playwright's browsers are all of that kind.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(["in-incognito"]);

    await page.reload();
    await shares(page, "Look at this: 50% & more");
    await expect(page.getByText("What you shared waits here until you have signed in.")).toBeVisible();
    const code = await alice.asksForCodeHere();
    // The way to the mailbox may end the app.
    await alice.opens();
    await alice.entersCode(code);
    await givesTo(page, "Bob");
    await expect(alice.tab.field).toHaveValue("Look at this: 50% & more");
    await shares(page, "#2\nhttps://example.org/?a=1#b");
    await givesTo(page, "Bob");
    await expect(alice.tab.field).toHaveValue("Look at this: 50% & more\n#2\nhttps://example.org/?a=1#b");
    await alice.says("Look at this: 50% & more", { to: bob });
    await alice.seesTick("sent", "Look at this: 50% & more");
    await bob.signsIn();
    await bob.opensChatWith(alice);
    await bob.sees("Look at this: 50% & more");

    // She has been here before and talks with somebody: now a hint fits, if the browser offers it.
    const hint = page.getByRole("complementary", HINT);
    await expect(hint).toBeHidden();
    await offersToInstall(page, "dismissed");
    await hint.getByRole("button", { name: "Install" }).click();
    await expect(hint).toBeHidden();
    await alice.reloads();
    await alice.tab.hasChatWith("Bob");
    await offersToInstall(page, "accepted");
    await goesToInstall(page);
    await expect(hint).toBeHidden();
    await page.getByRole("main").getByRole("button", { name: "Install" }).click();
    await page.evaluate(() => window.dispatchEvent(new Event("appinstalled")));
    await expect(page.getByText("Parley runs as an app of its own here.")).toBeVisible();
  },
);

test("an iPhone, which offers nothing by itself, is told the steps; the app of its own says no word of it", async ({
  people,
}) => {
  const alice = await people.join("Alice", { phone: true, userAgent: IPHONE });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  await alice.signsIn();
  await alice.says("hello", { to: bob });
  await alice.seesTick("sent", "hello");
  const { page } = alice;
  await page.goto("/");
  await page.getByRole("button", { name: "Back to conversations" }).click();
  const hint = page.getByRole("complementary", HINT);
  const steps = ["Tap Share in the browser's bar.", "Choose “Add to Home Screen”, then “Add”."];
  await expect(hint.getByRole("listitem")).toHaveText(steps);
  await goesToInstall(page);
  await expect(page.getByRole("main").getByRole("listitem")).toHaveText(steps);

  // What an app on the home screen answers; the tool cannot have it be one.
  await page.addInitScript(() => {
    const asked = window.matchMedia.bind(window);
    window.matchMedia = (query) => asked(query === "(display-mode: standalone)" ? "all" : query);
  });
  await alice.reloads();
  await expect(page.getByText("Parley runs as an app of its own here.")).toBeVisible();
  await page.goto("/");
  await expect(alice.tab.conversationWith("Bob")).toBeVisible();
  await expect(hint).toBeHidden();
});

/** What Chromium says of itself outside of a test. Answers like a person who was asked. */
async function offersToInstall(page: Page, outcome: "accepted" | "dismissed"): Promise<void> {
  const withheld = await page.evaluate((answer) => {
    const event = new Event("beforeinstallprompt", { cancelable: true });
    window.dispatchEvent(Object.assign(event, { prompt: () => Promise.resolve({ outcome: answer }) }));
    return event.defaultPrevented;
  }, outcome);
  expect(withheld).toBe(true);
}

async function goesToInstall(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("link", { name: /^Install/ }).click();
}

/** As the system does when somebody picks the app in another one's menu. */
async function shares(page: Page, text: string): Promise<void> {
  await page.evaluate((value) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "POST", action: "/share", enctype: "multipart/form-data" });
    const field = document.createElement("textarea");
    Object.assign(field, { name: "text", value });
    form.append(field);
    document.body.append(form);
    form.submit();
  }, text);
}

async function givesTo(page: Page, name: string): Promise<void> {
  await expect(page.getByRole("heading", { name: "Send to" })).toBeVisible();
  await page.getByRole("list", { name: "Send to" }).getByRole("button", { name }).click();
}

async function bottomOf(page: Page): Promise<number> {
  return await page.locator("form.composer").evaluate((element) => element.getBoundingClientRect().bottom);
}

/** A thumb on the glass, from one edge distance to another, CSS pixels. */
async function swipe(page: Page, { from, to }: { from: number; to: number }): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const y = 400;
  const touch = async (type: "touchStart" | "touchMove" | "touchEnd", x: number) =>
    await devtools.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: type === "touchEnd" ? [] : [{ x, y }],
    });
  await touch("touchStart", from);
  const STEPS = 8;
  for (let step = 1; step <= STEPS; step++) {
    await touch("touchMove", from + ((to - from) * step) / STEPS);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  }
  await touch("touchEnd", to);
  await devtools.detach();
}
