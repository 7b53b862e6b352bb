/** `bun run shots`: pictures of every screen, for looking at. Not part of the gate; they land in .cache/shots. */
import { join, resolve } from "node:path";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";
import { setScene, smallTalk } from "./scene.ts";
import { arriving, inviting, keeping, type Look, talking } from "./screens.ts";
import { ARABIC_NAMES, ARABIC_TALK } from "./talk.ts";

const FOLDER = resolve(import.meta.dirname, "../.cache/shots");
const THEMES = ["light", "dark"] as const;
const SIZES = ["phone", "desktop"] as const;

for (const size of SIZES) {
  for (const theme of THEMES) {
    test(`${size}, ${theme}`, async ({ people }) => {
      const scene = await setScene(people, { phone: size === "phone" });
      const eve = await people.join("Eve", { phone: size === "phone" });
      await scene.alice.opens();
      await scene.alice.page.emulateMedia({ colorScheme: theme });
      await arriving(scene, camera(scene.alice, `${size}-${theme}`));
      await talking(scene, camera(scene.alice, `${size}-${theme}`));
      await keeping(scene, camera(scene.alice, `${size}-${theme}`));
      await eve.opens();
      await eve.page.emulateMedia({ colorScheme: theme });
      await inviting(scene, eve, {
        look: camera(scene.alice, `${size}-${theme}`),
        eves: camera(eve, `${size}-${theme}`),
      });
    });
  }

  test(`${size}, Arabic`, async ({ people }) => {
    const scene = await setScene(people, { phone: size === "phone", names: ARABIC_NAMES });
    const { alice } = scene;
    await alice.signsIn();
    await smallTalk(scene, ARABIC_TALK);
    const chat = alice.page.url();
    const shoot = camera(alice, `${size}-arabic`);
    await alice.page.evaluate(() => localStorage.setItem("parley.language", "ar"));
    for (const [name, path] of [
      ["chat", chat],
      ["settings", "/settings"],
      ["settings-privacy", "/settings/privacy"],
      ["settings-notifications", "/settings/notifications"],
      ["settings-diagnosis", "/settings/diagnosis"],
      ["people", "/people"],
      ["invites", "/people/invites"],
      ["admin", "/admin"],
    ] as const) {
      await alice.page.goto(path);
      await expect(alice.page.locator("html[dir=rtl]").getByRole("link").first()).toBeAttached();
      await shoot(name);
    }
    // From a page of its own one goes up to the list.
    if (size === "phone") await alice.page.getByRole("main").getByRole("button").first().click();
    await expect(alice.page.getByRole("navigation")).toBeVisible();
    await shoot("list");
    await alice.page.getByRole("button", { name: "قائمة الحساب" }).click();
    await expect(alice.page.getByRole("menuitem", { name: "الإعدادات" })).toBeVisible();
    await shoot("account-menu");
  });
}

function camera({ page }: Person, kind: string): Look {
  return async (name) => {
    await page.evaluate(() => document.fonts.ready);
    await page.screenshot({ path: join(FOLDER, `${kind}-${name}.png`), animations: "disabled" });
  };
}
