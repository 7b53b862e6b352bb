import { expectMoreContrast, expectNoViolations } from "./axe.ts";
import { expectFits } from "./fit.ts";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";
import { setScene } from "./scene.ts";
import { arriving, inviting, keeping, type Look, talking } from "./screens.ts";

/** A picture of the page at every step would be a tenth of the work of a walk, which says in words what it finds. */
test.use({ trace: { mode: "retain-on-failure", screenshots: false, snapshots: false } });

for (const phone of [false, true]) {
  const where = phone ? "on a phone" : "on a desktop";
  const also = phone ? ", fit a thumb, and stand text of twice the size" : "";

  test(`${where}, coming in and talking are free of what axe finds in light and dark${also}`, async ({
    people,
  }) => {
    const scene = await setScene(people, { phone, still: true });
    await scene.alice.opens();
    const look = judge(scene.alice, { phone });
    await arriving(scene, look);
    await talking(scene, look);
  });

  test(`${where}, settings, people and administration are free of what axe finds in light and dark${also}`, async ({
    people,
  }) => {
    const scene = await setScene(people, { phone, still: true, silent: true });
    const eve = await people.join("Eve", { phone, still: true });
    await scene.alice.signsIn();
    await keeping(scene, judge(scene.alice, { phone }));
    await eve.opens();
    await inviting(scene, eve, { look: judge(scene.alice, { phone }), eves: judge(eve, { phone }) });
  });
}

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
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll("*")].filter((element) => {
        const { transitionDuration, animationDuration } = getComputedStyle(element);
        const [transitions = [], animations = []] = [transitionDuration, animationDuration].map((all) =>
          all.split(", ").map(Number.parseFloat),
        );
        // A transition of any length runs once more for each of the boxes around it.
        return Math.max(...transitions) > 0 || Math.max(...animations) > 0.001;
      }).length,
  );
  expect(moving).toBe(0);
});

test("the whole way goes by keyboard", async ({ people }) => {
  const [alice, bob] = await people.pair();
  const carol = await people.join("Carol");
  await people.befriend(alice, carol);
  await bob.signsIn();
  await bob.opensChatWith(alice);
  const { page } = await alice.opens();
  const since = page.getByRole("textbox", { name: "Phone number" });
  await expect(since).toBeFocused();
  await page.keyboard.type(alice.phone);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("textbox", { name: "Code" })).toBeFocused();
  await page.keyboard.type(await alice.readsCode());
  await alice.tab.isSignedIn();

  const rows = alice.tab.conversations.getByRole("link");
  await rows.first().focus();
  await page.keyboard.press("End");
  await expect(rows.last()).toBeFocused();
  await page.keyboard.press("ArrowUp");
  await expect(rows.first()).toBeFocused();
  await page.keyboard.press("Enter");
  const field = page.getByRole("textbox", { name: "Message" });
  await expect(field).toBeFocused();
  await page.keyboard.press("Alt+ArrowDown");
  await expect(page.getByRole("heading", { name: "Carol", exact: true })).toBeVisible();
  await page.keyboard.press("Alt+ArrowUp");
  await expect(page.getByRole("heading", { name: "Bob", exact: true })).toBeVisible();
  await expect(field).toBeFocused();
  await page.keyboard.type("Written without a mouse? Yes.");
  await page.keyboard.press("Enter");
  await bob.sees("Written without a mouse? Yes.");

  await page.keyboard.press("Escape");
  await expect(alice.tab.conversationWith("Bob").getByRole("link")).toBeFocused();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();

  const edge = page.getByRole("separator", { name: "Width of the list" });
  const before = Number(await edge.getAttribute("aria-valuenow"));
  await edge.focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(async () => Number(await edge.getAttribute("aria-valuenow"))).toBeGreaterThan(before);
  const wider = await edge.getAttribute("aria-valuenow");
  await alice.reloads();
  await expect(edge).toHaveAttribute("aria-valuenow", wider ?? "");
});

test("a screen reader hears what comes in, and nothing of what was there or is one's own", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.says("before you came", { to: alice });
  await expect(alice.tab.conversationWith("Bob")).toContainText("before you came");
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

/** What holds for every screen that somebody sees. */
function judge({ page }: Person, { phone }: { phone: boolean }): Look {
  return async (screen) => {
    await expectNoViolations(page, screen);
    if (phone) await expectFits(page, screen);
  };
}
