/** People to measure with: those who really sign in, whole crowds who are let in at once, and strangers for the floors. */
import type { CaughtMail, SessionAnswer } from "#protocol/http.ts";
import type { Cursor, Epoch, UserId } from "#protocol/ids.ts";
import { runProgram } from "../stack/program.ts";
import type { Bench } from "./bench.ts";
import type { Person } from "./device.ts";

/** One program makes so many pairs; what it prints must fit into a pipe's buffer. */
const PAIRS_AT_ONCE = 1_000;
/** Sign-ins at a time: each waits for a mail. */
const SIGN_INS_AT_ONCE = 25;
const MAIL_WITHIN_MS = 20_000;
const LOOK_AGAIN_MS = 20;

interface Made {
  id: UserId;
  name: string;
  phone: string;
  epoch: Epoch;
  cursor: Cursor;
  cookie: string | null;
}

let lastNumber = 0;

/** People in pairs of contacts, each with a session that was opened on the store. Those of a pair are on different instances. */
export async function makeCrowd(
  bench: Bench,
  { people, events = 0 }: { people: number; events?: number },
): Promise<Person[]> {
  const made = await makePeople(bench, { people, events, sessions: true });
  return made.map(({ id, epoch, cursor, cookie }, index) => ({
    id,
    epoch,
    cursor,
    cookie: cookie ?? "",
    url: urlOf(bench, index),
  }));
}

/** People in pairs of contacts who each asked for a code, got the mail, and signed in with it. */
export async function signInPeople(bench: Bench, { people }: { people: number }): Promise<Person[]> {
  const made = await makePeople(bench, { people, events: 0, sessions: false });
  const persons: Person[] = [];
  for (let first = 0; first < made.length; first += SIGN_INS_AT_ONCE) {
    const group = made.slice(first, first + SIGN_INS_AT_ONCE);
    const signedIn = await Promise.all(
      group.map((person, index) => signIn(person, { bench, url: urlOf(bench, first + index) })),
    );
    persons.push(...signedIn);
  }
  return persons;
}

/** For a floor, which trusts everybody. */
export function strangers(url: string, { people }: { people: number }): Person[] {
  return Array.from({ length: people }, () => {
    const id = crypto.randomUUID() as UserId;
    return { id, epoch: null, cursor: 0, cookie: `user=${id}`, url };
  });
}

async function makePeople(
  bench: Bench,
  { people, events, sessions }: { people: number; events: number; sessions: boolean },
): Promise<Made[]> {
  const made: Made[] = [];
  const pairs = Math.ceil(people / 2);
  for (let done = 0; done < pairs; done += PAIRS_AT_ONCE) {
    const count = Math.min(PAIRS_AT_ONCE, pairs - done);
    const args = ["--pairs", String(count), "--first", String(lastNumber + 1), "--events", String(events)];
    lastNumber += 2 * count;
    const printed = await runProgram(
      ["server/testing/crowd.ts", ...args, ...(sessions ? ["--sessions"] : [])],
      bench.env,
    );
    made.push(
      ...printed
        .trim()
        .split("\n")
        .map((line): Made => JSON.parse(line)),
    );
  }
  // New contacts are published by the instances; who measures now must not measure that.
  await bench.database.outboxEmpty();
  return made;
}

async function signIn(
  { phone, name, cursor }: Made,
  { bench, url }: { bench: Bench; url: string },
): Promise<Person> {
  const asked = await post(`${url}/api/auth/code`, { body: { phone } });
  if (asked.status !== 202) throw new Error(`asking for a code was answered with ${asked.status}`);
  const address = `${name.toLowerCase().replace(" ", "-")}@`;
  const code = await mailedCode(bench.mailbox, address);
  const answer = await post(`${url}/api/auth/session`, { body: { phone, code }, cookie: cookieOf(asked) });
  if (answer.status !== 201) throw new Error(`signing in was answered with ${answer.status}`);
  const { user, epoch } = (await answer.json()) as SessionAnswer;
  return { id: user.id, epoch, cursor, cookie: cookieOf(answer), url };
}

async function mailedCode(mailbox: string, address: string): Promise<string> {
  const giveUpAt = Date.now() + MAIL_WITHIN_MS;
  while (Date.now() < giveUpAt) {
    const mails = (await (await fetch(mailbox)).json()) as CaughtMail[];
    const mail = mails.find((caught) => caught.to.startsWith(address));
    const code = /\b\d{6}\b/.exec(mail?.text ?? "")?.[0];
    if (code !== undefined) return code;
    await Bun.sleep(LOOK_AGAIN_MS);
  }
  throw new Error("a mail with a code did not come");
}

function post(url: string, { body, cookie }: { body: object; cookie?: string }): Promise<Response> {
  const headers = { "content-type": "application/json", origin: new URL(url).origin };
  return fetch(url, {
    method: "POST",
    headers: cookie === undefined ? headers : { ...headers, cookie },
    body: JSON.stringify(body),
  });
}

function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

function urlOf({ urls }: Bench, index: number): string {
  return urls[index % urls.length] ?? "";
}
