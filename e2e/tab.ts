import { expect, type Locator, type Page } from "@playwright/test";

export type Tick = "waiting" | "unconfirmed" | "held" | "refused" | "sent" | "delivered" | "read";
export type Presence = "online" | "away" | "offline";

/** One tab of the app, used by what a person can see and touch: roles and names. */
export class Tab {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  get conversations(): Locator {
    return this.page.getByRole("list", { name: "Conversations" });
  }

  get messages(): Locator {
    return this.page.getByRole("log", { name: "Messages" });
  }

  /** The row of `name` in the list of conversations. */
  conversationWith(name: string): Locator {
    const link = this.page.getByRole("link", {
      name: new RegExp(`^${RegExp.escape(name)}(?![\\p{L}\\p{N}])`, "u"),
    });
    return this.conversations.getByRole("listitem").filter({ has: link });
  }

  /** Messages with exactly this text: one, if all is well. What others quote of it stands in a button. */
  message(text: string): Locator {
    const words = this.page.getByText(text, { exact: true }).and(this.page.locator(":not(button *)"));
    return this.messages.getByRole("article").filter({ has: words });
  }

  get field(): Locator {
    return this.page.getByRole("textbox", { name: "Message" });
  }

  /** Opens what can be done with a message, as a mouse does, and does it. */
  async does(act: string, text: string): Promise<void> {
    await this.message(text).getByText(text, { exact: true }).last().click({ button: "right" });
    await this.page.getByRole("menu").getByRole("menuitem", { name: act, exact: true }).click();
  }

  async reactsTo(text: string, emoji: string): Promise<void> {
    await this.message(text).getByText(text, { exact: true }).last().click({ button: "right" });
    await this.page.getByRole("menuitemradio", { name: `React with ${emoji}` }).click();
  }

  async deletes(text: string, button: string): Promise<void> {
    await this.does("Delete", text);
    await this.page.getByRole("dialog").getByRole("button", { name: button, exact: true }).click();
  }

  async isSignedIn(): Promise<void> {
    await expect(this.page.getByRole("navigation", { name: "Conversations" })).toBeVisible();
  }

  async isSignedOut(): Promise<void> {
    await expect(this.page.getByRole("textbox", { name: "Phone number" })).toBeVisible();
  }

  async opensChatWith(name: string): Promise<void> {
    await this.conversationWith(name).getByRole("link").click();
    await expect(this.messages).toBeVisible();
  }

  /** After the app was opened anew: it may show the chat by itself, or the list. */
  async hasChatWith(name: string): Promise<void> {
    await expect(this.conversationWith(name)).toBeVisible();
    if (!(await this.messages.isVisible())) await this.opensChatWith(name);
  }

  async types(text: string, { to }: { to: string }): Promise<void> {
    if (!(await this.messages.isVisible())) await this.opensChatWith(to);
    await this.page.getByRole("textbox", { name: "Message" }).pressSequentially(text);
  }

  async says(text: string, { to }: { to: string }): Promise<void> {
    if (!(await this.messages.isVisible())) await this.opensChatWith(to);
    await this.page.getByRole("textbox", { name: "Message" }).fill(text);
    await this.page.getByRole("button", { name: "Send message" }).click();
  }

  async sees(text: string): Promise<void> {
    await expect(this.message(text)).toBeVisible();
  }

  /** These messages and no others. */
  async seesInOrder(texts: string[]): Promise<void> {
    await expect(this.messages.getByRole("article")).toContainText(texts);
  }

  /** What can be done about a message that was not sent. */
  async seesTo(what: "Try again" | "Send" | "Edit" | "Remove" | "Stop trying", text: string): Promise<void> {
    await this.message(text).getByRole("button", { name: what, exact: true }).click();
  }

  async seesTick(tick: Tick, text: string): Promise<void> {
    await expect(this.message(text)).toHaveAttribute("data-tick", tick);
  }

  /** All that this browser keeps of the app in its databases and stores, as one text. */
  async everythingKept(): Promise<string> {
    return await this.page.evaluate(async () => {
      const kept: unknown[] = [{ ...localStorage }, { ...sessionStorage }];
      for (const { name = "" } of await indexedDB.databases()) {
        const opening = indexedDB.open(name);
        await new Promise((resolve) => opening.addEventListener("success", resolve));
        for (const store of opening.result.objectStoreNames) {
          const reading = opening.result.transaction(store).objectStore(store).getAll();
          await new Promise((resolve) => reading.addEventListener("success", resolve));
          kept.push(reading.result);
        }
        opening.result.close();
      }
      return JSON.stringify(kept);
    });
  }

  get typing(): Locator {
    return this.page.getByRole("status").filter({ hasText: "typing…" });
  }

  async seesTyping(): Promise<void> {
    await expect(this.typing).toBeVisible();
  }

  async seesNoTyping(): Promise<void> {
    await expect(this.typing).toBeHidden();
  }

  async seesUnread(count: number, { from }: { from: string }): Promise<void> {
    await expect(this.conversationWith(from).getByLabel(`${count} unread`)).toBeVisible();
  }

  async seesPresence(state: Presence, { of, withinMs }: { of: string; withinMs?: number }): Promise<void> {
    const row = this.conversationWith(of);
    const shown = row.getByLabel(state, { exact: true }).or(row.getByText(state, { exact: true }));
    await expect(shown.first()).toBeVisible(withinMs === undefined ? {} : { timeout: withinMs });
  }

  async searches(text: string): Promise<void> {
    await this.page.getByRole("searchbox", { name: "Search" }).fill(text);
  }

  /** A message that was found, by the line that is shown of it. */
  found(text: string): Locator {
    const list = this.page.getByRole("navigation").getByRole("list", { name: "Messages" });
    return list.getByRole("link").filter({ hasText: text });
  }

  async finds(text: string): Promise<void> {
    await expect(this.found(text)).toBeVisible();
  }

  async opensFound(text: string): Promise<void> {
    await this.found(text).click();
    await expect(this.messages).toBeVisible();
  }

  async signsOut(): Promise<void> {
    await this.page.getByRole("button", { name: "Account menu" }).click();
    await this.page.getByRole("menuitem", { name: "Sign out" }).click();
    await this.page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await this.isSignedOut();
  }
}
