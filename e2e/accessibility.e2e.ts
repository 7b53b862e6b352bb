import { expectMoreContrast } from "./axe.ts";
import { expect, test } from "./people.ts";

test("the app follows a system that asks for more contrast, for its own colours, or for less motion", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  const { page, tab } = alice;
  await alice.says("Black on white?", { to: bob });
  await expectMoreContrast(page, "chat");
  await page.goto("/settings/privacy");
  await expect(page.getByRole("switch").first()).toBeVisible();
  await expectMoreContrast(page, "privacy");

  await page.emulateMedia({ contrast: null, forcedColors: "active" });
  const paint = await page
    .getByRole("switch")
    .first()
    .evaluate((box) => getComputedStyle(box, "::before").backgroundColor);
  expect(paint).not.toBe("rgba(0, 0, 0, 0)");
  await page.goBack();
  const bubble = tab.message("Black on white?").locator(".bubble");
  expect(await bubble.evaluate((element) => getComputedStyle(element).borderTopStyle)).toBe("solid");

  await page.emulateMedia({ forcedColors: null, reducedMotion: "reduce" });
  const slow = await page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        return [transitionDuration, animationDuration].some((all) =>
          all.split(", ").some((one) => Number.parseFloat(one) > 0.001),
        );
      }).length,
  );
  expect(slow).toBe(0);
});

test("a screen reader hears what comes in, and nothing of what was there or is one's own", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.says("before you came", { to: alice });
  await alice.opensChatWith(bob);
  await alice.sees("before you came");
  const heard = alice.page.getByRole("main").locator("[aria-live='polite']");
  await expect(alice.tab.messages).toHaveAttribute("aria-live", "off");
  await alice.says("my own words", { to: bob });
  await alice.seesTick("read", "my own words");
  await expect(heard).toBeEmpty();
  await bob.says("good morning", { to: alice });
  await expect(heard).toHaveText("Bob: good morning");
});
