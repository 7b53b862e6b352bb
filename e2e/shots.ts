/** `bun run shots`: pictures of every screen, for looking at. Not part of the gate; they land in .cache/shots. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { startPushHost } from "../server/testing/push_host.ts";
import { comesToRest } from "./axe.ts";
import { lendPushHost } from "./notified.ts";
import { expect, IPHONE, test } from "./people.ts";
import { setScene, smallTalk } from "./scene.ts";
import { arriving, inviting, keeping, talking } from "./screens.ts";
import { alone, joining, onIphone, seldom, type Shoot, unkept } from "./seldom.ts";
import { makeNextBuild } from "./stack/next_build.ts";
import { currentStack } from "./stack/stack.ts";
import { ARABIC_NAMES, ARABIC_TALK, HINDI_NAMES, HINDI_TALK } from "./talk.ts";

const FOLDER = resolve(import.meta.dirname, "../.cache/shots");
const THEMES = ["light", "dark"] as const;
const SIZES = ["phone", "desktop"] as const;
/** What is pressed and typed on the way through the pages. */
const LANGUAGES = [
  {
    tag: "ar",
    called: "Arabic",
    names: ARABIC_NAMES,
    talk: ARABIC_TALK,
    shared: "مرحبا",
    menu: "قائمة الحساب",
    settings: "الإعدادات",
    sought: "الدراجة",
    phoneNumber: "رقم الهاتف",
  },
  {
    tag: "hi",
    called: "Hindi",
    names: HINDI_NAMES,
    talk: HINDI_TALK,
    shared: "नमस्ते",
    menu: "खाता मेनू",
    settings: "सेटिंग",
    sought: "साइकिल",
    phoneNumber: "फ़ोन नंबर",
  },
];

for (const size of SIZES) {
  const phone = size === "phone";

  for (const theme of THEMES) {
    const shoot = camera(`${size}-${theme}`);

    test(`${size}, ${theme}`, async ({ people }) => {
      const scene = await setScene(people, { phone });
      const { alice } = scene;
      const eve = await people.join("Eve", { phone });
      const zoe = await people.visit("Zoe", { phone });
      for (const person of [alice, eve, zoe]) {
        await person.opens();
        await person.page.emulateMedia({ colorScheme: theme });
      }
      const look = (name: string) => shoot(alice.page, name);
      await arriving(scene, look);
      await talking(scene, look);
      await keeping(scene, look);
      await inviting(scene, eve, { look, eves: (name) => shoot(eve.page, name) });
      await alone(eve, shoot);
      await joining(scene, zoe, shoot);
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
      await inBoth(size)(alice.page, "notifications-on");
    } finally {
      await service.close();
    }
  });

  test(`${size}, a new build, and nothing kept`, async ({ own, guests }) => {
    const [alice, bob] = [await guests.join("Alice", { phone }), await guests.join("Bob")];
    await guests.befriend(alice, bob);
    await Promise.all([alice.signsIn(), bob.signsIn()]);
    await alice.says("Is the café open on Sundays?", { to: bob });
    await alice.isReadyForOffline();
    const folder = await mkdtemp(join(tmpdir(), "parley-build-"));
    const next = await makeNextBuild(folder, { number: 1 });
    await own.stop();
    await own.start({ APP_DIR: next.folder });
    await expect(alice.page.getByText("A new version is ready.")).toBeVisible({ timeout: 60_000 });
    await inBoth(size)(alice.page, "update");
    await alice.page.getByRole("button", { name: "Later" }).click();
    await unkept(alice, bob, inBoth(size));
    await rm(folder, { recursive: true });
  });

  for (const language of LANGUAGES) {
    test(`${size}, ${language.called}`, async ({ people }) => {
      const scene = await setScene(people, { phone, names: language.names });
      const { alice } = scene;
      await alice.signsIn();
      await smallTalk(scene, language.talk);
      const chat = alice.page.url();
      const person = `/people/${await alice.idOf(scene.bob)}`;
      const shoot = inBoth(size, language.called.toLowerCase());
      await alice.page.evaluate((tag) => localStorage.setItem("parley.language", tag), language.tag);
      await alice.page.goto("/settings");
      const sections = alice.page.getByRole("main").getByRole("link");
      await expect(sections.first()).toBeVisible();
      const links = await sections.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
      const pages = [
        "/people",
        person,
        "/people/invites",
        `/share#${language.shared}`,
        "/help",
        "/admin",
        "/admin/people",
      ];
      for (const path of [chat, "/settings", ...links, ...pages, "/admin/audit"]) {
        await alice.page.goto(path);
        await expect(alice.page.locator(`html[lang=${language.tag}] main h2`).first()).toBeVisible();
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
      await alice.page.getByRole("button", { name: language.menu }).click();
      await expect(alice.page.getByRole("menuitem", { name: language.settings })).toBeVisible();
      await shoot(alice.page, "account-menu");
      await alice.page.keyboard.press("Escape");
      await alice.page.getByRole("searchbox").fill(language.sought);
      await expect(alice.page.getByRole("navigation").locator("mark").first()).toBeVisible();
      await shoot(alice.page, "search");
      await alice.context.clearCookies();
      await alice.page.goto("/");
      await expect(alice.page.getByRole("textbox", { name: language.phoneNumber })).toBeVisible();
      await shoot(alice.page, "sign-in");
    });
  }
}

test("phone, an iPhone", async ({ people }) => {
  const alice = await people.join("Alice", { phone: true, userAgent: IPHONE });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  await alice.signsIn();
  await onIphone(alice, bob, inBoth("phone"));
});

/** A camera that takes both themes, one after the other. */
function inBoth(size: string, kind?: string): Shoot {
  return async (page, name) => {
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme });
      await camera([size, theme, kind].filter(Boolean).join("-"))(page, name);
    }
  };
}

function camera(kind: string): Shoot {
  return async (page: Page, name) => {
    await page.evaluate(() => document.fonts.ready);
    await comesToRest(page);
    await page.screenshot({ path: join(FOLDER, `${kind}-${name}.png`), animations: "disabled" });
  };
}
