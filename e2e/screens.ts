/**
 * Every screen of the app, one after another: `look` is called at each. The scenarios hold them all to axe, `bun run shots` takes
 * their pictures. A new screen is a line here.
 */
import { expect, type Page } from "@playwright/test";
import type { Person } from "./person.ts";
import { type Scene, smallTalk } from "./scene.ts";
import { TALK } from "./talk.ts";

export type Look = (name: string) => Promise<void>;

/** From the first visit to the list. Leaves Alice signed in. */
export async function arriving({ alice }: Scene, look: Look): Promise<void> {
  const { page } = await alice.opens();
  await expect(page.getByRole("textbox", { name: "Phone number" })).toBeVisible();
  await look("sign-in");
  await page.getByRole("button", { name: "Send code" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look("sign-in-problem");
  const code = await alice.asksForCode();
  await look("code");
  await page.getByRole("button", { name: "Sign in" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
  await look("code-problem");
  await alice.entersCode(code);
  await alice.tab.isSignedIn();
  await expect(alice.tab.conversations).toBeVisible();
  await look("list-new");
}

/** The conversation and all that opens over it. */
export async function talking(scene: Scene, look: Look): Promise<void> {
  const { alice, bob, carol, dan } = scene;
  const { page, tab } = alice;
  await smallTalk(scene);
  await look("chat");
  await tab.message(TALK.tea).getByText(TALK.tea).click({ button: "right" });
  await expect(page.getByRole("menuitem", { name: "Reply" })).toBeVisible();
  await look("message-menu");
  await page.keyboard.press("Escape");
  for (const [act, name] of [
    ["Details", "message-details"],
    ["Delete", "message-delete"],
    ["Forward", "message-forward"],
  ] as const) {
    await tab.does(act, TALK.tea);
    await expect(page.getByRole("dialog").getByRole("heading")).toBeVisible();
    await look(name);
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toBeHidden();
  }
  await page.getByRole("button", { name: "Emoji" }).click();
  await expect(page.getByRole("searchbox", { name: "Find an emoji" })).toBeVisible();
  await look("emoji");
  await page.keyboard.press("Escape");
  await tab.does("Reply", TALK.thanks);
  await tab.field.fill("Shall I print it?\nIn colour, on the large paper?");
  await look("reply");
  await page.getByRole("button", { name: "Do not reply" }).click();
  await tab.field.fill("");

  await list(scene);
  await look("list");
  await tab.searches("the");
  await expect(tab.found("The shop says Thursday")).toBeVisible();
  await look("search");
  await tab.searches("nothing of that");
  await expect(page.getByText("Nothing found").first()).toBeVisible();
  await look("search-nothing");
  await page.getByRole("button", { name: "Clear the search" }).click();
  await tab.opensChatWith(dan.name);
  await look("chat-empty");
  await list(scene);
  await tab.opensChatWith(carol.name);
  await expect(page.getByText("New messages", { exact: true })).toBeVisible();
  // All of them are on the screen: nothing leads to them.
  await expect(page.getByRole("main").getByRole("button", { name: /new messages?$/ })).toHaveCount(0);
  await look("chat-unread");

  await list(scene);
  await tab.opensChatWith(bob.name);
  await alice.goesOffline();
  await alice.says("This one waits for the train to leave the tunnel.", { to: bob });
  await expect(page.getByRole("button", { name: "Try now" })).toBeVisible();
  await look("offline");
  await alice.comesBack();
  await alice.seesTick("read", "This one waits for the train to leave the tunnel.");
}

/** The account menu and the pages beside the conversations. */
export async function keeping(scene: Scene, look: Look): Promise<void> {
  const { alice, bob, dan, others } = scene;
  const { page } = alice;
  await list(scene);
  const menu = page.getByRole("button", { name: "Account menu" });
  await menu.click();
  await expect(page.getByRole("menuitem", { name: "Settings" })).toBeVisible();
  await look("account-menu");
  await page.getByRole("menuitem", { name: "Keyboard shortcuts" }).click();
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await look("keyboard");
  await page.keyboard.press("Escape");
  await menu.click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await expect(page.getByRole("dialog").getByRole("button", { name: "Sign out" })).toBeVisible();
  await look("sign-out");
  await page.keyboard.press("Escape");

  await menu.click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await arrives(page, "/settings");
  await look("settings");
  const sections = page.getByRole("main").getByRole("link");
  const paths = await sections.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""));
  for (const path of paths) {
    await follow(page, path);
    await look(nameOf(path));
    await page.goBack();
    await arrives(page, "/settings");
  }
  await visit(page, "/help");
  await look("help");
  await visit(page, "/admin");
  await look("admin");
  for (const path of ["/admin/people", "/admin/audit"]) {
    await follow(page, path);
    await look(nameOf(path));
  }
  await visit(page, "/share#Look at this: 50%25 off, https://example.org/bikes");
  await look("share");

  await visit(page, "/people");
  await look("people");
  await page
    .getByRole("main")
    .getByRole("link", { name: others[0]?.name ?? "" })
    .click();
  await expect(page.getByRole("switch", { name: "Mute" })).toBeVisible();
  await look("person");
  await visit(page, "/people");
  await page.getByRole("main").getByRole("link", { name: dan.name }).click();
  await page.getByRole("button", { name: "Block" }).click();
  await look("block");
  await page.getByRole("dialog").getByRole("button", { name: "Block" }).click();
  await expect(page.getByRole("button", { name: "Unblock" })).toBeVisible();
  await look("person-blocked");
  await page.getByRole("link", { name: "Open the conversation" }).click();
  await look("chat-blocked");
  await visit(page, "/admin/people");
  await page
    .getByRole("button", { name: `Actions for ${bob.name}` })
    .first()
    .click();
  await look("admin-menu");
}

/** An invite, from the link to the question; `eve` has an account and nobody in it. */
export async function inviting(
  { alice }: Scene,
  eve: Person,
  { look, eves }: { look: Look; eves: Look },
): Promise<void> {
  await visit(alice.page, "/people/invites");
  await alice.page.getByRole("button", { name: "Make an invitation" }).click();
  const link = alice.page.getByRole("textbox", { name: "Link of the invitation" });
  await expect(link).toBeVisible();
  await look("invites");
  const { page } = eve;
  await page.goto(await link.inputValue());
  await expect(page.getByRole("heading", { name: "Alice invites you" })).toBeVisible();
  await eves("invited");
  await page.goto("/invite#none");
  await expect(page.getByRole("link", { name: "Sign in" })).toBeVisible();
  await eves("invite-invalid");
  await eve.signsIn();
  await expect(page.getByText("Nobody to talk to yet")).toBeVisible();
  await eves("alone");
  await page.goto(await link.inputValue());
  await expect(page.getByRole("heading", { name: "Alice" })).toBeVisible();
  await eves("invited-signed-in");
}

/** Back at the list: on a phone, it and a conversation take turns. */
export async function list({ alice }: Scene): Promise<void> {
  const back = alice.page.getByRole("button", { name: "Back to conversations" });
  if (await back.isVisible()) {
    await back.click();
    // It moves out of the screen, and another one may come in only then.
    await expect(alice.page.getByRole("main").locator("header")).toHaveCount(0);
  }
  await expect(alice.tab.conversations).toBeVisible();
}

/** Opens a page by its address. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await arrives(page, path);
}

/** Opens a page by the link to it, which is far less work than to open the app anew. */
async function follow(page: Page, path: string): Promise<void> {
  await page.getByRole("main").locator(`a[href="${path}"]`).click();
  await arrives(page, path);
}

/** Waits until a page is all there is beside the list, with what it had to load. */
async function arrives(page: Page, path: string): Promise<void> {
  const { pathname } = new URL(path, page.url());
  await expect(page).toHaveURL((url) => url.pathname === pathname);
  await expect(page.getByRole("main").locator("header")).toHaveCount(1);
  await expect(page.getByRole("main").getByRole("heading", { level: 2 }).first()).toBeVisible();
  await expect(
    page
      .getByRole("main")
      .getByRole("status")
      .filter({ hasText: /^Loading/ }),
  ).toHaveCount(0);
}

function nameOf(path: string): string {
  return path.slice(1).replaceAll("/", "-");
}
