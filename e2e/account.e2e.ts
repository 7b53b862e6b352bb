import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { codeFromMail } from "./mailbox.ts";
import { expect, test } from "./people.ts";

/** Messages that this browser keeps. */
function keptMessages(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const opening = indexedDB.open("parley");
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      opening.addEventListener("success", () => resolve(opening.result));
      opening.addEventListener("error", () => reject(opening.error));
    });
    const counting = db.transaction("messages").objectStore("messages").count();
    const count = await new Promise<number>((resolve) => {
      counting.addEventListener("success", () => resolve(counting.result));
    });
    db.close();
    return count;
  });
}

async function opensSettings(page: Page, section: string): Promise<void> {
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("link", { name: section }).click();
}

test("a sign-in elsewhere is told to the device here, which puts it out, and nothing is left there", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("between us", { to: bob });
  const thief = await people.elsewhere(alice);
  await thief.signsIn();
  await thief.tab.opensChatWith("Bob");
  await thief.sees("between us");
  expect(await keptMessages(thief.page)).toBe(1);

  const news = alice.page.getByRole("status").filter({ hasText: "New sign-in: Chrome on Linux" });
  await expect(news).toBeVisible();
  // The device that it is about is told nothing of itself.
  await expect(thief.page.getByText("New sign-in")).toBeHidden();
  await alice.page.getByRole("button", { name: "Check devices" }).click();
  await expect(news).toBeHidden();
  const devices = alice.page.getByRole("list", { name: "Signed-in devices" });
  await expect(devices.getByRole("listitem")).toHaveCount(2);
  await alice.page.getByRole("button", { name: "Sign out all other devices" }).click();
  await expect(devices.getByRole("listitem")).toHaveCount(1);

  await thief.tab.isSignedOut();
  await expect.poll(() => keptMessages(thief.page)).toBe(0);
  await thief.reloads();
  await thief.tab.isSignedOut();
  await alice.reloads();
  await alice.tab.isSignedIn();
  await expect(alice.page.getByText("New sign-in")).toBeHidden();
});

test("a person saves a copy of everything that is held about them", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("worth keeping", { to: bob });
  await alice.seesTick("sent", "worth keeping");
  await opensSettings(alice.page, "Your data");
  const downloading = alice.page.waitForEvent("download");
  await alice.page.getByRole("button", { name: "Save a copy" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("parley-export.json");
  const copy = JSON.parse(await readFile(await download.path(), "utf8"));
  expect(copy).toMatchObject({
    profile: { name: "Alice", phone: alice.phone, email: alice.email },
    contacts: [{ name: "Bob" }],
    conversations: [{ messages: [{ text: "worth keeping" }] }],
  });
});

test("an administrator sees how everything is, adds somebody, and puts somebody out; others find no such page", async ({
  people,
}) => {
  const root = await people.join("Root");
  const mallory = await people.join("Mallory");
  await people.promote(root);
  await root.signsIn();
  await mallory.signsIn();
  await mallory.page.goto("/admin");
  await expect(mallory.page).not.toHaveURL(/admin/);
  await mallory.page.getByRole("button", { name: "Account menu" }).click();
  await expect(mallory.page.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await expect(mallory.page.getByRole("menuitem", { name: "Administration" })).toBeHidden();

  const { page } = root;
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Administration" }).click();
  const depends = page.getByRole("region", { name: "What the server depends on" });
  for (const name of ["Database", "Store", "Bus", "Mail server"]) {
    await expect(depends.getByRole("listitem").filter({ hasText: name })).toContainText("ms");
  }
  await expect(page.getByRole("region", { name: "Instances" }).getByRole("listitem").first()).toContainText(
    "connection",
  );

  await page.getByRole("main").getByRole("link", { name: "People" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Zoe");
  await page.getByRole("textbox", { name: "Phone number" }).fill(mallory.phone);
  await page.getByRole("textbox", { name: "Email address" }).fill("zoe@example.org");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("account with this number");

  const row = page
    .getByRole("list", { name: "Everybody with an account" })
    .getByRole("listitem")
    .filter({ hasText: "Mallory" })
    .filter({ hasText: `ending in ${mallory.phone.slice(-2)}` });
  await row.getByRole("button", { name: "Actions for Mallory" }).first().click();
  await page.getByRole("menuitem", { name: "Suspend" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
  await mallory.tab.isSignedOut();
  await expect(row.first()).toContainText("suspended");

  await page.getByRole("link", { name: "Audit" }).click();
  await expect(page.getByRole("list", { name: "What administrators did" })).toContainText(
    "Root suspended Mallory",
  );
});

test("who deletes their account is gone: signed out everywhere, a tombstone to the other, and their number free", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.says("the last word", { to: bob });
  await bob.tab.opensChatWith("Alice");
  await bob.sees("the last word");

  await opensSettings(alice.page, "Your data");
  const ending = alice.page.getByRole("region", { name: "Delete your account" });
  const since = Date.now();
  await ending.getByRole("button", { name: "Send me a code" }).click();
  const code = ending.getByRole("textbox", { name: "Code" });
  await expect(code).toBeVisible();
  const right = await codeFromMail({ at: alice.mailbox, to: alice.email, since });
  await code.fill(right === "000000" ? "000001" : "000000");
  await ending.getByRole("button", { name: "Delete for good" }).click();
  await expect(ending.getByRole("alert")).toContainText("not right");
  await code.fill(right);
  await ending.getByRole("button", { name: "Delete for good" }).click();

  await alice.tab.isSignedOut();
  expect(await keptMessages(alice.page)).toBe(0);
  await expect(bob.page.getByRole("heading", { name: "Deleted account" })).toBeVisible();
  await bob.sees("the last word");
  await expect(bob.page.getByRole("textbox", { name: "Message" })).toBeHidden();
  await expect(bob.page.getByText("This account was deleted.")).toBeVisible();
  await bob.reloads();
  await expect(bob.tab.conversationWith("Deleted account")).toBeVisible();
});
