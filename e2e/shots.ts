/** `bun run shots`: pictures of the app, for looking at. Not part of the gate; they land in .cache/shots. */
import { join, resolve } from "node:path";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";

const FOLDER = resolve(import.meta.dirname, "../.cache/shots");
const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1_280, height: 800 } };
const THEMES = ["light", "dark"] as const;

const SMALL_TALK = [
  ["Alice", "Morning! Did the parts for the bike arrive?"],
  ["Bob", "They did, all but the chain. The shop says Thursday."],
  ["Bob", "I can start with the wheels in the meantime"],
  ["Alice", "Good. The manual is at https://example.org/bikes/manual.pdf, page 12"],
  ["Bob", "Perfect, thank you 🙏"],
  ["Alice", "Tea at four?"],
] as const;

for (const theme of THEMES) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${size}, ${theme}`, async ({ people }) => {
      const [alice, bob] = await people.pair();
      const carol = await people.join("Carol");
      await people.befriend(alice, carol);
      for (const person of [bob, carol]) await person.signsIn();
      const shoot = async (name: string) => await take(alice, join(FOLDER, `${name}-${size}-${theme}.png`));

      const { page } = await alice.opens();
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      await expect(page.getByRole("textbox", { name: "Phone number" })).toBeVisible();
      await shoot("sign-in");
      const code = await alice.asksForCode();
      await shoot("code");
      await alice.entersCode(code);
      await alice.tab.isSignedIn();
      await carol.says("See you on Saturday!", { to: alice });
      await alice.tab.seesUnread(1, { from: "Carol" });
      await shoot("list");
      for (const [who, text] of SMALL_TALK) {
        await (who === "Alice" ? alice.says(text, { to: bob }) : bob.says(text, { to: alice }));
      }
      await alice.seesTick("read", "Tea at four?");
      await bob.types("Yes, ", { to: alice });
      await alice.seesTyping();
      await shoot("chat");
    });
  }
}

async function take(person: Person, path: string): Promise<void> {
  await person.page.screenshot({ path, animations: "disabled" });
}
