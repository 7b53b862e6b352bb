/** `bun run shots`: pictures of every screen, for looking at. Not part of the gate; they land in .cache/shots. */
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { startPushHost } from "../server/testing/push_host.ts";
import { comesToRest } from "./axe.ts";
import { lendPushHost } from "./notified.ts";
import { expect, test } from "./people.ts";
import { setScene, smallTalk } from "./scene.ts";
import { arriving, inviting, keeping, talking } from "./screens.ts";
import { alone, seldom, type Shoot } from "./seldom.ts";
import { currentStack } from "./stack/stack.ts";
import { ARABIC_NAMES, ARABIC_TALK } from "./talk.ts";

const FOLDER = resolve(import.meta.dirname, "../.cache/shots");
const THEMES = ["light", "dark"] as const;
const SIZES = ["phone", "desktop"] as const;

for (const size of SIZES) {
  const phone = size === "phone";

  for (const theme of THEMES) {
    const shoot = camera(`${size}-${theme}`);

    test(`${size}, ${theme}`, async ({ people }) => {
      const scene = await setScene(people, { phone });
      const { alice } = scene;
      const eve = await people.join("Eve", { phone });
      for (const person of [alice, eve]) {
        await person.opens();
        await person.page.emulateMedia({ colorScheme: theme });
      }
      const look = (name: string) => shoot(alice.page, name);
      await arriving(scene, look);
      await talking(scene, look);
      await keeping(scene, look);
      await inviting(scene, eve, { look, eves: (name) => shoot(eve.page, name) });
      await alone(eve, shoot);
    });

    test(`${size}, ${theme}, seldom`, async ({ people }) => {
      const scene = await setScene(people, { phone });
      await scene.alice.signsIn();
      await scene.alice.page.emulateMedia({ colorScheme: theme });
      await smallTalk(scene);
      await seldom(scene, people, shoot);
    });
  }

  test(`${size}, notifications`, async ({ people }) => {
    const [alice, service] = [await people.join("Alice", { phone }), startPushHost(currentStack().push)];
    try {
      const alices = await lendPushHost(alice, service.device().subscription);
      await alice.signsIn();
      await alices.turnsOn();
      for (const theme of THEMES) {
        await alice.page.emulateMedia({ colorScheme: theme });
        await camera(`${size}-${theme}`)(alice.page, "notifications-on");
      }
    } finally {
      await service.close();
    }
  });

  test(`${size}, Arabic`, async ({ people }) => {
    const scene = await setScene(people, { phone, names: ARABIC_NAMES });
    const { alice } = scene;
    await alice.signsIn();
    await smallTalk(scene, ARABIC_TALK);
    const chat = alice.page.url();
    const person = `/people/${await alice.idOf(scene.bob)}`;
    const shoot = camera(`${size}-arabic`);
    await alice.page.evaluate(() => localStorage.setItem("parley.language", "ar"));
    await alice.page.goto("/settings");
    const sections = alice.page.getByRole("main").getByRole("link");
    await expect(sections.first()).toBeVisible();
    const links = await sections.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
    const pages = ["/people", person, "/people/invites", "/share#مرحبا", "/help", "/admin", "/admin/people"];
    for (const path of [chat, "/settings", ...links, ...pages, "/admin/audit"]) {
      await alice.page.goto(path);
      await expect(alice.page.locator("html[dir=rtl] main h2").first()).toBeVisible();
      await alice.page.waitForLoadState("networkidle");
      const name = path === chat ? "chat" : path === person ? "person" : path.split("#")[0]?.slice(1);
      await shoot(alice.page, (name ?? "").replaceAll("/", "-"));
    }
    await alice.page.goto("/people");
    await expect(alice.page.getByRole("main").getByRole("heading", { level: 2 })).toBeVisible();
    // From a page of its own one goes up to the list.
    if (phone) await alice.page.getByRole("main").getByRole("button").first().click();
    else await alice.page.keyboard.press("Escape");
    await expect(alice.page.getByRole("navigation")).toBeVisible();
    await shoot(alice.page, "list");
    await alice.page.getByRole("button", { name: "قائمة الحساب" }).click();
    await expect(alice.page.getByRole("menuitem", { name: "الإعدادات" })).toBeVisible();
    await shoot(alice.page, "account-menu");
    await alice.page.keyboard.press("Escape");
    await alice.page.getByRole("searchbox").fill("الدراجة");
    await expect(alice.page.getByRole("navigation").locator("mark").first()).toBeVisible();
    await shoot(alice.page, "search");
    await alice.context.clearCookies();
    await alice.page.goto("/");
    await expect(alice.page.getByRole("textbox", { name: "رقم الهاتف" })).toBeVisible();
    await shoot(alice.page, "sign-in");
  });
}

function camera(kind: string): Shoot {
  return async (page: Page, name) => {
    await page.evaluate(() => document.fonts.ready);
    await comesToRest(page);
    await page.screenshot({ path: join(FOLDER, `${kind}-${name}.png`), animations: "disabled" });
  };
}
