/** People at pages of a real Chromium, who use the app as it is built: by what can be seen and clicked. */
import { chromium, type Browser, type Page } from "@playwright/test";
import type { ConversationId } from "#protocol/ids.ts";
import { CODE_RESEND_MS, CODE_TTL_MS } from "#protocol/limits.ts";
import { chromium as installed } from "../../infra/gate/browser.ts";
import type { Account } from "./admin.ts";
import type { Dump } from "./dump.ts";
import { codeFor } from "./mailbox.ts";
import type { Random } from "./random.ts";
import type { Witness, Written } from "./witness.ts";

export interface PagePerson {
  account: Account;
  dump(): Promise<Dump>;
  /** All but the messages: they are many after a while, and reading them costs what the page needs itself. */
  summary(): Promise<Omit<Dump, "messages">>;
}

export interface Pages {
  people: PagePerson[];
  /** They begin to write; resolves to how to make them stop. */
  write(perSecond: number): () => Promise<void>;
  /** Signs in again who was signed out. Resolves to the names of those who still are out. */
  signBackIn(): Promise<string[]>;
  close(): Promise<void>;
}

export interface PagesOptions {
  accounts: Account[];
  origin: string;
  mailbox: string;
  witness: Witness;
  random: Random;
}

const ACTION_WITHIN_MS = 5_000;
const SECOND_MS = 1_000;
const NOTICED_WITHIN_MS = 500;

export async function openPages({
  accounts,
  origin,
  mailbox,
  witness,
  random,
}: PagesOptions): Promise<Pages> {
  const browser = await launch();
  const people = await Promise.all(
    accounts.map(async (account) => {
      const context = await browser.newContext({ baseURL: origin });
      const page = await context.newPage();
      page.setDefaultTimeout(ACTION_WITHIN_MS);
      await page.goto("/");
      const tried = new Set<string>();
      await signIn(page, { account, mailbox, tried });
      const summary = () => dump(page, { messagesOf: null });
      return { account, page, tried, dump: () => dump(page), summary };
    }),
  );

  async function act({ account, page, tried }: (typeof people)[number]): Promise<void> {
    if (!(await page.getByRole("navigation", { name: "Conversations" }).isVisible())) {
      await signIn(page, { account, mailbox, tried });
      return await sendHeld(page, { account, witness });
    }
    const to = random.pick(account.peers);
    const written: Written = {
      text: `${witness.written.length} ${account.name} to ${to.name}, by hand`,
      from: account.id,
      to: to.id,
      conversation: to.conversation,
      place: `page of ${account.name}`,
      database: pageName(account),
      at: Date.now(),
      cid: null,
      kept: false,
    };
    const list = page.getByRole("navigation", { name: "Conversations" });
    await list.getByRole("link", { name: new RegExp(`^${to.name}\\b`) }).click();
    // They look who is in front of them before they type. Another chat may be for a moment: it goes where the screen says.
    await page.getByRole("main").getByRole("heading", { level: 2, name: to.name, exact: true }).waitFor();
    witness.written.push(written);
    await page.getByRole("textbox", { name: "Message" }).fill(written.text);
    await page.getByRole("button", { name: "Send message" }).click();
    const { messages, outbox } = await dump(page, { messagesOf: to.conversation });
    written.kept = [...outbox, ...messages].some(({ text }) => text === written.text);
  }

  return {
    people,
    write(perSecond) {
      let stopped = false;
      const writing = people.map(async (person) => {
        while (!stopped) {
          await act(person).catch((error: unknown) =>
            witness.note(`a page did not follow: ${nameOf(error)}`),
          );
          await Bun.sleep((SECOND_MS / perSecond) * (0.5 + random.next()));
        }
      });
      return async () => {
        stopped = true;
        await Promise.all(writing);
      };
    },
    async signBackIn() {
      const outside: string[] = [];
      for (const { account, page, tried } of people) {
        // As when the network comes back: the app looks at once whether its session still is.
        await page.evaluate(() => window.dispatchEvent(new Event("online")));
        await Bun.sleep(NOTICED_WITHIN_MS);
        if (await page.getByRole("navigation", { name: "Conversations" }).isVisible()) {
          await sendHeld(page, { account, witness });
          continue;
        }
        await signIn(page, { account, mailbox, tried })
          .then(() => sendHeld(page, { account, witness }))
          .catch(() => outside.push(pageName(account)));
      }
      return outside;
    },
    close: () => browser.close(),
  };
}

export function pageName({ name }: { name: string }): string {
  return `${name} in Chromium`;
}

function launch(): Promise<Browser> {
  const executablePath = process.env["CHROMIUM"] ?? installed.find();
  return chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/** `tried`: codes that were typed at this page before. One of them may have been used up by a sign-in whose answer was lost. */
async function signIn(
  page: Page,
  { account, mailbox, tried }: { account: Account; mailbox: string; tried: Set<string> },
): Promise<void> {
  const phone = page.getByRole("textbox", { name: "Phone number" });
  const field = page.getByRole("textbox", { name: "Code" });
  let since = Date.now();
  await phone.or(field).waitFor();
  if (await field.isVisible()) {
    // An earlier attempt broke off here: the app still waits for the code that it asked for.
    since -= CODE_TTL_MS;
  } else {
    await phone.fill(account.phone);
    await page.getByRole("button", { name: "Send code" }).click();
    await field.waitFor();
  }
  let code = await codeFor(account.email, { mailbox, since });
  if (code !== null && tried.has(code)) {
    since = Date.now();
    await page
      .getByRole("button", { name: "Send a new code" })
      .click({ timeout: CODE_RESEND_MS + ACTION_WITHIN_MS });
    code = await codeFor(account.email, { mailbox, since });
  }
  if (code === null) throw new Error("no mail with a code came");
  tried.add(code);
  await field.fill(code);
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
}

/**
 * What was sealed when the session was lost is theirs again, and asks before it is sent. It comes back when the server has opened it,
 * which may take a while: what was written meanwhile goes before it.
 */
async function sendHeld(
  page: Page,
  { account, witness }: { account: Account; witness: Witness },
): Promise<void> {
  const { outbox } = await dump(page, { messagesOf: null });
  const held = outbox.filter(({ wantedAt }) => wantedAt === 0).toSorted((a, b) => a.order - b.order);
  if (held.length === 0) return;
  witness.askedAgain(
    pageName(account),
    held.map(({ text }) => text),
  );
  const sendNow = page.getByRole("button", { name: "Send now" });
  await sendNow.click();
  await sendNow.waitFor({ state: "hidden" });
}

/** What the page's own database holds, read beside the app: of the messages all, those of a conversation, or none. */
function dump(
  page: Page,
  { messagesOf = "everybody" }: { messagesOf?: ConversationId | "everybody" | null } = {},
): Promise<Dump> {
  return page.evaluate(async (messagesOf) => {
    const opening = indexedDB.open("parley");
    const opened = Promise.withResolvers<IDBDatabase>();
    opening.addEventListener("success", () => opened.resolve(opening.result));
    opening.addEventListener("error", () => opened.reject(opening.error ?? new Error("no database")));
    const db = await opened.promise;
    const tx = db.transaction(["meta", "conversations", "messages", "outbox", "sealed"]);
    const sealed = tx.objectStore("sealed").count();
    const device = tx.objectStore("meta").get("device");
    const [conversations, outbox] = ["conversations", "outbox"].map((name) => tx.objectStore(name).getAll());
    const store = tx.objectStore("messages");
    const all = messagesOf === "everybody" ? store.getAll() : null;
    const some = messagesOf !== "everybody" && messagesOf !== null;
    const messages = some ? store.getAll(IDBKeyRange.bound([messagesOf], [messagesOf, []])) : all;
    const read = Promise.withResolvers<void>();
    tx.addEventListener("complete", () => read.resolve());
    tx.addEventListener("abort", () => read.reject(tx.error ?? new Error("the look was broken off")));
    await read.promise;
    db.close();
    return {
      device: device.result ?? null,
      conversations: conversations?.result ?? [],
      messages: messages?.result ?? [],
      outbox: outbox?.result ?? [],
      sealed: sealed.result,
    };
  }, messagesOf);
}

function nameOf(error: unknown): string {
  return error instanceof Error ? (error.message.split("\n")[0] ?? error.name) : String(error);
}
