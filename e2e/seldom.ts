/** What people meet seldom, for pictures: after the walk through every screen (`screens.ts`), in the same world. */
import { expect, type Page } from "@playwright/test";
import type { People } from "./people.ts";
import type { Person } from "./person.ts";
import { sendMany } from "./raw.ts";
import type { Scene } from "./scene.ts";
import { list, visit } from "./screens.ts";
import { TALK } from "./talk.ts";

export type Shoot = (page: Page, name: string) => Promise<void>;

const TUNNEL = "Written in the tunnel, never to arrive";
/** More than a screen. */
const MANY = Array.from({ length: 24 }, (_, index) => `Photo ${index + 1} of 24 is in the folder now`);

/** The app as Alice seldom sees it. Ends signed out. */
export async function seldom(scene: Scene, people: People, shoot: Shoot): Promise<void> {
  await begun(scene, shoot);
  await conversing(scene, shoot);
  await bolder(scene, shoot);
  await settled(scene, people, shoot);
  await parting(scene, shoot);
}

/** What nobody has anything in. Eve has an account, and nobody to talk to. */
export async function alone({ page }: Person, shoot: Shoot): Promise<void> {
  await page.goto("/people");
  await expect(page.getByRole("heading", { name: "Nobody here yet" })).toBeVisible();
  await shoot(page, "people-nobody");
  await visit(page, "/share#Look at this");
  await shoot(page, "share-nobody");
  await visit(page, "/settings/diagnosis");
  await shoot(page, "diagnosis-nothing");
}

/** Comes in by an invite of Alice's, as far as the code. */
export async function joining({ alice }: Scene, zoe: Person, shoot: Shoot): Promise<void> {
  await visit(alice.page, "/people/invites");
  await alice.page.getByRole("button", { name: "Make an invitation" }).click();
  await zoe.goesTo(await alice.page.getByRole("textbox", { name: "Link of the invitation" }).inputValue());
  const { page } = zoe;
  await page.getByRole("textbox", { name: "Your name" }).fill(zoe.name);
  await page.getByRole("textbox", { name: "Phone number" }).fill(zoe.phone);
  await page.getByRole("textbox", { name: "Email address" }).fill(zoe.email);
  await page.getByRole("button", { name: "Send code" }).click();
  await expect(page.getByText(`A mail is on its way to ${zoe.email}.`)).toBeVisible();
  await shoot(page, "join-code");
}

/** An iPhone has no button that installs; only its person can. */
export async function onIphone(alice: Person, bob: Person, shoot: Shoot): Promise<void> {
  const { page } = alice;
  await alice.says("Shall I keep this on the home screen?", { to: bob });
  await alice.seesTick("sent", "Shall I keep this on the home screen?");
  await page.goto("/");
  await page.getByRole("button", { name: "Back to conversations" }).click();
  await expect(page.getByRole("complementary").getByRole("listitem")).toHaveCount(2);
  await shoot(page, "install-steps-hint");
  await visit(page, "/settings/install");
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(2);
  await shoot(page, "install-steps");
}

/** A browser that has no room left, and one that lets the app keep nothing from its start. */
export async function unkept(alice: Person, bob: Person, shoot: Shoot): Promise<void> {
  const { page } = alice;
  await page.evaluate(() => {
    const { transaction } = IDBDatabase.prototype;
    IDBDatabase.prototype.transaction = function (this: IDBDatabase, stores, mode, options) {
      if (mode === "readwrite") throw new DOMException("no room left", "QuotaExceededError");
      return transaction.call(this, stores, mode, options);
    };
  });
  await bob.says("Is it safe with you?", { to: alice });
  await expect(page.getByText("This device does not keep messages just now.")).toBeVisible();
  await shoot(page, "storage-unsafe");
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("not in a private window", "SecurityError");
    };
  });
  await alice.reloads();
  await expect(page.getByText("This browser does not let Parley keep anything here")).toBeVisible();
  await shoot(page, "storage-none");
}

async function begun(scene: Scene, shoot: Shoot): Promise<void> {
  const { page, tab } = scene.alice;
  await home(scene);
  await shoot(page, "nothing-open");
  await page.reload();
  await expect(tab.conversations.getByRole("link").first()).toBeVisible();
  await offerInstall(page);
  await expect(page.getByRole("complementary").getByRole("button", { name: "Install" })).toBeVisible();
  await shoot(page, "install-hint");
  await page.getByRole("button", { name: "Not now" }).click();
  await tab.conversations.getByRole("link").nth(1).focus();
  await page.keyboard.press("ArrowUp");
  await shoot(page, "focus");
  await visit(page, "/settings/install");
  await offerInstall(page);
  await expect(page.getByRole("main").getByRole("button", { name: "Install" })).toBeVisible();
  await shoot(page, "install-offered");
  await page.goto("/c/00000000-0000-7000-8000-000000000000");
  await expect(page.getByText("This conversation is not here")).toBeVisible();
  await shoot(page, "chat-gone");
}

async function conversing(scene: Scene, shoot: Shoot): Promise<void> {
  const { alice, bob, carol } = scene;
  const { page, tab } = alice;
  await page.getByRole("link", { name: "Show conversations" }).click();
  await bob.types("Fi", { to: alice });
  await expect(tab.conversationWith(bob.name)).toContainText("typing…");
  await shoot(page, "typing-list");
  await tab.opensChatWith(bob.name);
  await tab.does("Edit", TALK.tea);
  await expect(page.getByText("Edit message")).toBeVisible();
  await shoot(page, "edit");
  await page.getByRole("button", { name: "Stop editing" }).click();
  await tab.deletes(TALK.tea, `Delete for me and ${bob.name}`);
  await expect(page.getByText("You deleted this message")).toBeVisible();
  await shoot(page, "deleted");

  await home(scene);
  await sendMany(bob.page, { to: await alice.id(), texts: MANY });
  await tab.seesUnread(MANY.length, { from: bob.name });
  await tab.opensChatWith(bob.name);
  await expect(page.getByText("New messages", { exact: true })).toBeVisible();
  await shoot(page, "unread-divider");
  await tab.messages.evaluate((element) => (element.scrollTop = element.scrollHeight));
  await alice.sees(MANY.at(-1) ?? "");
  // A list that has just been taken to its end goes there once more when its rows are measured.
  await expect(async () => {
    await tab.messages.evaluate((element) => (element.scrollTop = 0));
    await sendMany(bob.page, { to: await alice.id(), texts: ["And one more, with the two of us"] });
    await expect(page.getByRole("button", { name: "1 new message" })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await shoot(page, "new-below");

  await list(scene);
  await tab.opensChatWith(carol.name);
  const id = await alice.id();
  await alice.goesOffline();
  await alice.says(TUNNEL, { to: carol });
  await alice.seesTick("waiting", TUNNEL);
  await carol.page.evaluate(
    async (id) => void (await fetch(`/api/contacts/${id}`, { method: "DELETE" })),
    id,
  );
  await alice.comesBack();
  await alice.seesTick("refused", TUNNEL);
  await shoot(page, "refused");
}

/** With more contrast, and with text of twice the size. */
async function bolder(scene: Scene, shoot: Shoot): Promise<void> {
  const { page, tab } = scene.alice;
  const text = (size: string) =>
    page.evaluate((now) => (document.documentElement.style.fontSize = now), size);
  await page.emulateMedia({ contrast: "more" });
  for (const kind of ["contrast", "twice"]) {
    await home(scene);
    if (kind === "twice") await text("200%");
    await shoot(page, `${kind}-list`);
    await text("");
    await tab.opensChatWith(scene.bob.name);
    await expect(tab.messages.getByRole("article").first()).toBeVisible();
    if (kind === "twice") await text("200%");
    await shoot(page, `${kind}-chat`);
    await visit(page, "/settings/notifications");
    if (kind === "twice") await text("200%");
    await shoot(page, `${kind}-notifications`);
    await visit(page, "/people");
    if (kind === "twice") await text("200%");
    await shoot(page, `${kind}-people`);
    await page.emulateMedia({ contrast: null });
  }
}

async function settled({ alice, dan }: Scene, people: People, shoot: Shoot): Promise<void> {
  const { page } = alice;
  await visit(page, "/settings/your-data");
  await page.getByRole("button", { name: "Send me a code" }).click();
  await expect(page.getByRole("textbox", { name: "Code" })).toBeVisible();
  await shoot(page, "end-account");
  await visit(page, "/admin/people");
  const acts = page.getByRole("button", { name: `Actions for ${dan.name}` }).first();
  await acts.click();
  await page.getByRole("menuitem", { name: "Devices" }).click();
  await shoot(page, "admin-devices");
  await acts.click();
  await page.getByRole("menuitem", { name: "Suspend" }).click();
  await expect(page.getByRole("dialog").getByRole("heading")).toBeVisible();
  await shoot(page, "admin-suspend");
  await page.keyboard.press("Escape");

  const other = await people.elsewhere(alice);
  await other.signsIn();
  await expect(page.getByRole("button", { name: "Check devices" })).toBeVisible();
  await shoot(page, "new-session");
  await page.getByRole("button", { name: "Check devices" }).click();
  await expect(page.getByRole("list", { name: "Signed-in devices" })).toBeVisible();
  await shoot(page, "devices-two");
}

/** Signed out with something that was not sent. */
async function parting(scene: Scene, shoot: Shoot): Promise<void> {
  const { alice, bob } = scene;
  const { page } = alice;
  await visit(page, "/people");
  await home(scene);
  await alice.opensChatWith(bob);
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.says("Not sent yet", { to: bob });
  await alice.seesTick("waiting", "Not sent yet");
  await list(scene);
  await alice.tab.searches("photo");
  await expect(page.getByText("Not connected: found among")).toBeVisible();
  await shoot(page, "search-offline");
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("dialog").filter({ hasText: "would be lost" })).toBeVisible();
  await shoot(page, "sign-out-unsent");
  await page.getByRole("button", { name: "Cancel" }).click();
  await alice.context.clearCookies();
  await alice.comesBack();
  await alice.tab.isSignedOut();
  await expect(page.getByText("This device keeps")).toBeVisible();
  await shoot(page, "sealed");
  await page.getByRole("button", { name: "Remove" }).click();
  await shoot(page, "sealed-sure");
}

/** At the list, with nothing open beside it. */
async function home(scene: Scene): Promise<void> {
  const { page } = scene.alice;
  await list(scene);
  if (new URL(page.url()).pathname !== "/") await page.keyboard.press("Escape");
  await expect(page).toHaveURL(/\/$/);
}

/** What Chromium says when the app can be installed; in a test's browser it never does. */
async function offerInstall(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.dispatchEvent(new Event("beforeinstallprompt", { cancelable: true }));
  });
}
