import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test as base } from "./people.ts";
import { type Build, BUILT_FILES, makeNextBuild } from "./stack/next_build.ts";

/** The two builds that come after the one that was built. */
const test = base.extend<{ nextBuilds: [Build, Build] }>({
  // oxlint-disable-next-line no-empty-pattern -- the tool reads from here that it needs no others.
  nextBuilds: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "parley-builds-"));
    const make = (number: number) => makeNextBuild(join(folder, String(number)), { number });
    await use([await make(1), await make(2)]);
    await rm(folder, { recursive: true });
  },
});

// Each starts and ends an instance several times.
test.slow();

const RELOAD = { name: "Reload", exact: true };

test("a new build waits for its person, in each tab; one that is too old gives way at a pause, with the draft", async ({
  own,
  guests,
  nextBuilds: [next, nextButOne],
}) => {
  const [alice, bob] = await guests.pair();
  await alice.signsIn();
  await alice.opensChatWith(bob);
  await alice.isReadyForOffline();
  const second = await alice.opensSecondTab();
  await second.hasChatWith("Bob");
  await isOf(BUILT_FILES, alice.page);
  await alice.types("half a tho", { to: bob });

  await own.stop();
  await own.start({ APP_DIR: next.folder });
  // It comes back by itself, finds that there is a newer build, and says so: nothing more.
  await expect(alice.page.getByText("A new version is ready.")).toBeVisible({ timeout: 60_000 });
  await alice.types("ught", { to: bob });
  await expect(alice.tab.field).toHaveValue("half a thought");
  await isOf(BUILT_FILES, alice.page);

  await alice.page.getByRole("button", RELOAD).click();
  await isOf(next.files, alice.page);
  await alice.tab.hasChatWith("Bob");
  await expect(alice.tab.field).toHaveValue("half a thought");
  // The other tab was overtaken, and is in front of somebody all the same.
  await expect(second.page.getByText("A new version is ready.")).toBeVisible();
  await isOf(BUILT_FILES, second.page);
  await second.page.getByRole("button", RELOAD).click();
  await isOf(next.files, second.page);

  await own.stop();
  await own.start({ APP_DIR: nextButOne.folder, MIN_BUILD: nextButOne.build });
  await alice.tab.field.pressSequentially(" and a half");
  await isOf(nextButOne.files, alice.page);
  await alice.tab.hasChatWith("Bob");
  await expect(alice.tab.field).toHaveValue("half a thought and a half");
  await alice.tab.field.press("Enter");
  await alice.seesTick("sent", "half a thought and a half");
});

test("a page of the build before finds its files; a file that is gone brings the new build, once", async ({
  own,
  guests,
  nextBuilds: [next],
}) => {
  // A browser on its first visit has no worker that keeps the files.
  const alice = await guests.join("Alice", { withoutWorker: true });
  const bob = await guests.join("Bob");
  await guests.befriend(alice, bob);
  await alice.signsIn();
  await alice.opensChatWith(bob);
  await isOf(BUILT_FILES, alice.page);
  await own.stop();
  await own.start({ APP_DIR: next.folder });

  await alice.types("half a tho", { to: bob });
  await alice.page.getByRole("button", { name: "Account menu" }).click();
  await alice.page.getByRole("menuitem", { name: "Settings" }).click();
  await expect(alice.page.getByRole("heading", { name: "Settings" })).toBeVisible();
  await isOf(BUILT_FILES, alice.page);

  // What is not loaded yet of its build is nowhere any more.
  await alice.opensChatWith(bob);
  await alice.page.route(
    ({ pathname }) => pathname.startsWith("/assets/") && BUILT_FILES.test(pathname),
    (route) => route.fulfill({ status: 404 }),
  );
  await alice.page.getByRole("button", { name: "Emoji" }).click();
  await isOf(next.files, alice.page);
  await alice.tab.hasChatWith("Bob");
  await expect(alice.tab.field).toHaveValue("half a tho");
});

/** The page is of the build that has such files; soon, if it is on its way to that. */
async function isOf(files: RegExp, page: Page): Promise<void> {
  const script = page.locator("script[type=module]").first();
  await expect(script).toHaveAttribute("src", files, { timeout: 60_000 });
}
