import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, test as base } from "./people.ts";
import { type Build, BUILT_FILES, makeNextBuild } from "./stack/next_build.ts";

/** The build that comes after the one that was built. */
const test = base.extend<{ next: Build }>({
  // oxlint-disable-next-line no-empty-pattern -- the tool reads from here that it needs no others.
  next: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "parley-builds-"));
    await use(await makeNextBuild(join(folder, "1"), { number: 1 }));
    await rm(folder, { recursive: true });
  },
});

// Each starts and ends an instance several times.
test.slow();

test("a page of the build before finds its files; a file that is gone brings the new build, once", async ({
  own,
  guests,
  next,
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
