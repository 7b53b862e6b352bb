/** The people of a scenario: `const alice = await people.join("Alice")`. Accounts are made as an administrator makes them. */
import { test as base, type Browser, type Response } from "@playwright/test";
import { run } from "../infra/gate/run.ts";
import { typeAdminCommand } from "../server/testing/terminal.ts";
import { noteAnswer, noteSecret } from "./leaks/notes.ts";
import { Person } from "./person.ts";
import { type OwnInstance, startOwn } from "./stack/own.ts";
import { currentStack, type Stack } from "./stack/stack.ts";

/** Numbers +1 202 555 0000 to 9999 go to people in turn; a worker that is started anew goes on in a part of its own. */
const NUMBERS_PER_WORKER = 200;
const NUMBERS = 10_000;
const REFUSED_FROM = 400;

const DESKTOP = { viewport: { width: 1_280, height: 800 } };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
/** What Safari on an iPhone says it is. */
export const IPHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1";

export interface Browsing {
  phone?: boolean;
  locale?: string;
  /** Their system asks for less motion: nothing has to be waited for until it stands still. */
  still?: boolean;
  /** What the browser says it is. */
  userAgent?: string;
  /** The browser has no service workers. */
  withoutWorker?: boolean;
}

export interface People {
  /** Makes an account and a browser for it, on the next instance in turn. Not signed in yet. */
  join(name: string, options?: Browsing): Promise<Person>;
  /** Somebody without an account, at a browser on the next instance in turn. */
  visit(name: string, options?: Browsing): Promise<Person>;
  /** The same person at a browser of their own that is new to them, on the next instance in turn. Not signed in there yet. */
  elsewhere(person: Person): Promise<Person>;
  /** Lets somebody use the page for administrators. */
  promote(person: Person): Promise<void>;
  /** Makes the two contacts of one another. */
  befriend(one: Person, other: Person): Promise<void>;
  /** Alice and Bob, who are contacts; with several instances, each on one of their own. */
  pair(): Promise<[alice: Person, bob: Person]>;
}

interface PeopleOptions {
  browser: Browser;
  stack: Stack;
  /** Pixels of the screen to one of the page. */
  density: number;
  nextPhone: () => string;
}

function gather({ browser, stack, density, nextPhone }: PeopleOptions): People & { part(): Promise<void> } {
  const present: Person[] = [];

  async function join(name: string, browsing: Browsing = {}): Promise<Person> {
    const identity = identify(name);
    const { phone, email } = identity;
    await admin(["user", "add", "--name", name, "--phone", phone, "--email", email]);
    return enter(identity, browsing);
  }

  function visit(name: string, browsing: Browsing = {}): Promise<Person> {
    return enter(identify(name), browsing);
  }

  function identify(name: string) {
    const phone = nextPhone();
    return { name, phone, email: `${phone.slice(1)}@example.org` };
  }

  /** Somebody at a browser, which talks to the next instance. */
  async function enter(
    identity: Pick<Person, "name" | "phone" | "email">,
    {
      phone: onPhone = false,
      locale = "en-US",
      still = false,
      userAgent,
      withoutWorker = false,
    }: Browsing = {},
  ): Promise<Person> {
    noteSecret({ kind: "number", value: identity.phone });
    noteSecret({ kind: "address", value: identity.email });
    const origin = stack.origins[present.length % stack.origins.length] ?? "";
    const screen = { ...(onPhone ? PHONE : DESKTOP), deviceScaleFactor: density };
    const workers = withoutWorker ? "block" : "allow";
    const context = await browser.newContext({
      baseURL: origin,
      locale,
      reducedMotion: still ? "reduce" : "no-preference",
      serviceWorkers: workers,
      ...(userAgent !== undefined && { userAgent }),
      ...screen,
    });
    context.on("response", (response) => void keepRefusal(response));
    const person = new Person(context, { ...identity, origin, mailbox: stack.mailbox });
    present.push(person);
    return person;
  }

  async function elsewhere({ name, phone, email }: Person): Promise<Person> {
    // Otherwise they would have to wait before they may ask for another code.
    await admin(["user", "reset", "--phone", phone]);
    return enter({ name, phone, email });
  }

  async function promote({ phone }: Person): Promise<void> {
    await admin(["user", "role", "--phone", phone, "--role", "admin"]);
  }

  async function befriend(one: Person, other: Person): Promise<void> {
    await admin(["connect", "--phone", one.phone, "--phone", other.phone]);
  }

  async function pair(): Promise<[Person, Person]> {
    const [alice, bob] = await Promise.all([join("Alice"), join("Bob")]);
    await befriend(alice, bob);
    return [alice, bob];
  }

  async function admin(command: string[]): Promise<void> {
    if (stack.adminCommand) await run([...stack.adminCommand, ...command]);
    else await typeAdminCommand(stack.adminEnv, command);
  }

  async function part(): Promise<void> {
    for (const person of present) await person.leaves();
  }

  return { join, visit, elsewhere, promote, befriend, pair, part };
}

/** What a browser is told when something is refused is looked through at the end of the run. */
async function keepRefusal(response: Response): Promise<void> {
  if (response.status() < REFUSED_FROM) return;
  // A page that is left before its answer was read has no body to give any more.
  const text = await response.text().catch(() => "");
  noteAnswer({ address: response.url(), status: response.status(), text });
}

/** People who joined in this worker so far. */
let joined = 0;

function nextPhoneOf(workerIndex: number): () => string {
  return () => {
    const number = (workerIndex * NUMBERS_PER_WORKER + joined++) % NUMBERS;
    return `+1202555${String(number).padStart(4, "0")}`;
  };
}

export interface Scenario {
  people: People;
  /** An instance that only this scenario uses. */
  own: OwnInstance;
  /** People of that instance. */
  guests: People;
}

export const test = base.extend<Scenario>({
  people: async ({ browser, deviceScaleFactor: density = 1 }, use, { workerIndex }) => {
    const people = gather({ browser, stack: currentStack(), density, nextPhone: nextPhoneOf(workerIndex) });
    await use(people);
    await people.part();
  },
  // oxlint-disable-next-line no-empty-pattern -- the tool reads from here that it needs no others.
  own: async ({}, use) => {
    await using own = await startOwn();
    await use(own);
  },
  guests: async ({ browser, own, deviceScaleFactor: density = 1 }, use, { workerIndex }) => {
    const guests = gather({ browser, stack: own.stack, density, nextPhone: nextPhoneOf(workerIndex) });
    await use(guests);
    await guests.part();
  },
});

export { expect } from "@playwright/test";
