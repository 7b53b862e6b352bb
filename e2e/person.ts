import { type BrowserContext, expect, type Page } from "@playwright/test";
import type { Contacts, Me } from "#protocol/http.ts";
import { codeFromMail } from "./mailbox.ts";
import { sendMany } from "./raw.ts";
import { type Presence, Tab, type Tick } from "./tab.ts";

const MINUTE_MS = 60_000;

export interface Identity {
  name: string;
  /** E.164. */
  phone: string;
  email: string;
  /** The instance that this person's browser talks to. */
  origin: string;
  /** Where that instance's mails are caught. */
  mailbox: string;
}

/** Somebody at a browser of their own. What they do in their first tab, they do themselves; another one is a `Tab`. */
export class Person {
  readonly name: string;
  readonly phone: string;
  readonly email: string;
  readonly origin: string;
  readonly mailbox: string;
  readonly context: BrowserContext;
  #first: Tab | null = null;

  constructor(context: BrowserContext, { name, phone, email, origin, mailbox }: Identity) {
    this.context = context;
    this.name = name;
    this.phone = phone;
    this.email = email;
    this.origin = origin;
    this.mailbox = mailbox;
  }

  /** The first tab. */
  get tab(): Tab {
    if (this.#first === null) throw new Error(`${this.name} has not opened the app yet`);
    return this.#first;
  }

  /** For what no person does: looking at frames, at the page's own state. */
  get page(): Page {
    return this.tab.page;
  }

  /** Opens the app in the first tab. */
  async opens(): Promise<Tab> {
    this.#first ??= new Tab(await this.context.newPage());
    await this.#first.page.goto("/");
    return this.#first;
  }

  /** Opens an address of the app in the first tab, as a link that somebody sent does. */
  async goesTo(address: string): Promise<void> {
    this.#first ??= new Tab(await this.context.newPage());
    // A page that differs in what stands behind the # alone would stay as it is.
    await this.#first.page.goto("about:blank");
    await this.#first.page.goto(address);
  }

  /** Types the phone number and asks for a code; returns the code that the mail brings. */
  async asksForCode(): Promise<string> {
    await this.opens();
    return await this.asksForCodeHere();
  }

  async asksForCodeHere(): Promise<string> {
    const { page } = this;
    const since = Date.now();
    await page.getByRole("textbox", { name: "Phone number" }).fill(this.phone);
    await page.getByRole("button", { name: "Send code" }).click();
    await expect(page.getByRole("textbox", { name: "Code" })).toBeVisible();
    return await codeFromMail({ at: this.mailbox, to: this.email, since });
  }

  /** The code of a mail that comes, or came within the last minute. */
  async readsCode(): Promise<string> {
    return await codeFromMail({ to: this.email, since: Date.now() - MINUTE_MS, at: this.mailbox });
  }

  /** The field submits by itself with the last digit. */
  async entersCode(code: string): Promise<void> {
    await this.page.getByRole("textbox", { name: "Code" }).fill(code);
  }

  /** A number gets a code every half a minute at most: asks until it does. */
  async signsInAgain(): Promise<void> {
    const since = Date.now();
    const code = this.page.getByRole("textbox", { name: "Code" });
    await expect(async () => {
      await this.page.getByRole("textbox", { name: "Phone number" }).fill(this.phone, { timeout: 1_000 });
      await this.page.getByRole("button", { name: "Send code" }).click({ timeout: 1_000 });
      await expect(code).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 45_000 });
    await this.entersCode(await codeFromMail({ at: this.mailbox, to: this.email, since }));
    await this.tab.isSignedIn();
  }

  async signsIn(): Promise<void> {
    await this.entersCode(await this.asksForCode());
    await this.tab.isSignedIn();
  }

  /** On whatever page asks for the number. */
  async signsInHere(): Promise<void> {
    await this.entersCode(await this.asksForCodeHere());
  }

  async opensSecondTab(): Promise<Tab> {
    const tab = new Tab(await this.context.newPage());
    await tab.page.goto("/");
    return tab;
  }

  /** Waits for the service worker to hold all it needs to open the app by itself. */
  async isReadyForOffline(): Promise<void> {
    await this.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  }

  async goesOffline(): Promise<void> {
    await this.context.setOffline(true);
  }

  async comesBack(): Promise<void> {
    await this.context.setOffline(false);
  }

  /** Closes the browser. */
  async leaves(): Promise<void> {
    await this.context.close();
  }

  /** Their id, which only frames show. */
  async id(): Promise<string> {
    const me: Me = await (await this.context.request.get("/api/me")).json();
    return me.id;
  }

  /** The id of a contact, which no person sees. */
  async idOf(contact: Person): Promise<string> {
    const contacts: Contacts = await (await this.context.request.get("/api/contacts")).json();
    const found = contacts.find(({ name }) => name === contact.name);
    if (!found) throw new Error(`${contact.name} is no contact of ${this.name}`);
    return found.id;
  }

  async signsOut(): Promise<void> {
    await this.tab.signsOut();
  }

  async reloads(): Promise<void> {
    await this.page.reload();
  }

  async opensChatWith(other: Person): Promise<void> {
    await this.tab.opensChatWith(other.name);
  }

  async says(text: string, { to }: { to: Person }): Promise<void> {
    await this.tab.says(text, { to: to.name });
  }

  /** Far more than a person types in a test: past the app, by the second door to send. */
  async writesMany(texts: string[], { to }: { to: Person }): Promise<void> {
    const { id } = await to.page.evaluate(async () => (await fetch("/api/me")).json());
    await sendMany(this.page, { to: id, texts });
  }

  async types(text: string, { to }: { to: Person }): Promise<void> {
    await this.tab.types(text, { to: to.name });
  }

  async sees(text: string): Promise<void> {
    await this.tab.sees(text);
  }

  async seesTick(tick: Tick, text: string): Promise<void> {
    await this.tab.seesTick(tick, text);
  }

  async seesTyping(): Promise<void> {
    await this.tab.seesTyping();
  }

  async seesPresence(state: Presence, { of, withinMs }: { of: Person; withinMs?: number }): Promise<void> {
    await this.tab.seesPresence(state, { of: of.name, ...(withinMs !== undefined && { withinMs }) });
  }
}
