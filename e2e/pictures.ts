/**
 * `bun run pictures`: the pictures that the README and the manifest show, made anew. Not part of the gate; look at them before
 * they are committed.
 */
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { animate, type Frame, still } from "../infra/pictures/webp.ts";
import { expect, type People, test } from "./people.ts";
import { sendMany } from "./raw.ts";
import { type Scene, setScene, smallTalk } from "./scene.ts";
import { list } from "./screens.ts";
import { ARABIC_NAMES, ARABIC_TALK, TALK } from "./talk.ts";

const ROOT = resolve(import.meta.dirname, "..");
const README = join(ROOT, ".github/pictures");
const MANIFEST = join(ROOT, "pwa/public/screenshots");

const NAMES = {
  alice: "Maya Lindqvist",
  bob: "Jonas Weber",
  carol: "Sara Okafor",
  dan: "Miguel Torres",
  others: ["Grandma", "Yuki Tanaka", "Ben Adeyemi"],
};
const SAID = [
  "The photos are wonderful!",
  "Can you send me the address again?",
  "Thank you for yesterday",
  "On my way",
];

test("a desktop in light colours", async ({ people }) => {
  const { alice } = await talked(people, { phone: false });
  await keep(alice.page, README, "desktop");
  await keep(alice.page, MANIFEST, "wide");
});

test("a phone in dark colours", async ({ people }) => {
  const scene = await talked(people, { phone: true });
  const { alice, bob } = scene;
  await list(scene);
  await keep(alice.page, MANIFEST, "narrow-list");
  await alice.opensChatWith(bob);
  await alice.sees(TALK.tea);
  await keep(alice.page, MANIFEST, "narrow-chat");
  await alice.page.emulateMedia({ colorScheme: "dark" });
  await keep(alice.page, README, "phone-dark");
});

test("a phone that speaks Arabic", async ({ people }) => {
  const scene = await setScene(people, { phone: true, names: ARABIC_NAMES });
  await scene.alice.signsIn();
  await smallTalk(scene, ARABIC_TALK);
  const { page } = scene.alice;
  await page.evaluate(() => localStorage.setItem("parley.language", "ar"));
  await page.reload();
  await expect(page.getByRole("log", { name: "الرسائل" })).toBeVisible();
  await keep(page, README, "phone-arabic");
});

test("a short walk", async ({ people }) => {
  const { alice, bob } = await talked(people, { phone: false });
  const { page, tab } = alice;
  const frames: Frame[] = [];
  const shoot = async (ms: number) => void frames.push({ picture: await taken(page, "css"), ms });
  await page.setViewportSize({ width: 1_000, height: 600 });

  await page.keyboard.press("Escape");
  await expect(page.getByText("Choose a conversation")).toBeVisible();
  await shoot(1_200);
  await alice.opensChatWith(bob);
  await shoot(1_400);
  await bob.types("Five", { to: alice });
  await alice.seesTyping();
  await shoot(1_000);
  await bob.says("Five is better. I bring cake 🍰", { to: alice });
  await alice.sees("Five is better. I bring cake 🍰");
  await shoot(1_600);
  for (const text of ["Then I ", "Then I make ", "Then I make the tea"]) {
    await tab.field.fill(text);
    await shoot(250);
  }
  await alice.says("Then I make the tea", { to: bob });
  await alice.seesTick("read", "Then I make the tea");
  await shoot(1_400);
  await tab.message("Five is better. I bring cake 🍰").getByText("Five is better").click({ button: "right" });
  await expect(page.getByRole("menuitemradio", { name: "React with ❤️" })).toBeVisible();
  await shoot(1_200);
  await page.getByRole("menuitemradio", { name: "React with ❤️" }).click();
  await expect(tab.messages.getByRole("button", { name: /^❤️ from you/ })).toBeVisible();
  await shoot(1_600);
  await tab.searches("manual");
  await tab.finds("The manual is at");
  await shoot(1_800);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.emulateMedia({ colorScheme: "dark" });
  await shoot(2_200);
  await Bun.write(join(README, "walk.webp"), await animate(frames));
});

/** Maya's list is full, and she has just talked with Jonas. */
async function talked(people: People, { phone }: { phone: boolean }): Promise<Scene> {
  const scene = await setScene(people, { phone, names: NAMES });
  const { alice, dan, others } = scene;
  await alice.signsIn();
  for (const [index, person] of [...others, dan].entries()) {
    await sendMany(alice.page, { to: await alice.idOf(person), texts: [SAID[index] ?? ""] });
  }
  await smallTalk(scene);
  return scene;
}

async function keep(page: Page, folder: string, name: string): Promise<void> {
  await Bun.write(join(folder, `${name}.webp`), await still(await taken(page)));
}

/** Once what moves has come to rest. */
async function taken(page: Page, scale: "css" | "device" = "device"): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await page.screenshot({ animations: "disabled", scale }));
}
