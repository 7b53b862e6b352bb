/**
 * Whether anybody can tell who has an account here. A started instance is asked about hundreds of people who exist and hundreds
 * who do not, one by one and mixed by chance; then it is seen whether the answers can be told apart, by a byte or by how long
 * they took. The instance and the mail server are processes of their own, so that only the line lies between. Leaks are planted
 * to see that they would be found.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Conversation } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { APART, expectAlike, hear, shapesOf, timesApart } from "./alike.ts";
import type { Both, Heard } from "./alike.ts";
import { openLine } from "./line.ts";
import type { Line, RawAnswer } from "./line.ts";
import { startTarget } from "./target.ts";
import type { Somebody, Target, Tokens } from "./target.ts";

/** People who exist, and as many who do not. */
const PEOPLE = 200;
/** Invites that cannot be used any more, and as many that never were: a page of a table more or less is all there is to hear. */
const INVITES = 600;
/** A person may act so often in a row; so many share it. */
const STRANGERS = 20;
/** Pairs of contacts of which one has blocked the other, and as many others. */
const PAIRS = 10;
/** Times that codes are asked for by invites, for the existing and the missing. */
const ASKINGS = 6;
/** Of the same kind as those of the people, so that nothing but their owners sets them apart. */
const NOBODY_FROM = 12_120_500_000;
const NOBODY_AT = 500;

/** Somebody who exists or does not, as who asks would name them. */
interface Whom {
  phone: string;
  email: string;
  user: string;
  conversation: string;
  /** Challenge of the code that was asked for. */
  challenge: string;
}

type Crowd = Both<Whom>;

const cleanups = new AsyncDisposableStack();
afterAll(() => cleanups.disposeAsync());

describe("who exists and who does not are answered alike, by the byte and by the clock", () => {
  let target: Target;
  let line: Line;
  let crowd: Crowd;
  /** Cookies of people who are signed in and know none of them. One of them alone would be held to the pace of a person. */
  let strangers: string[];
  let stranger: string;
  /** Tokens, by what became of the invite; for those who never were there is a random one. */
  let invites: Tokens;
  /** What the request right after each asking came to. */
  const afterAsking: Heard = { existing: [], missing: [] };

  beforeAll(async () => {
    target = cleanups.use(await startTarget({ name: "enumeration", env: { SEND_BURST: "1000000" } }));
    line = await openLine(target.url);
    cleanups.defer(() => line.close());
    const others = await target.people(STRANGERS);
    strangers = others.map(({ cookie }) => cookie);
    stranger = strangers[0] ?? "";
    const counts = { open: ASKINGS * PEOPLE, used: INVITES, expired: INVITES };
    invites = await target.invites(others[0]?.id ?? ("" as UserId), counts);
    crowd = await gather(target, PEOPLE);
  });

  test("when a code is asked for", async () => {
    const heard = await hear(crowd, async (whom, kind) => {
      const answer = await askForCode(line, whom);
      afterAsking[kind].push(await line.ask("GET", "/api/me"));
      return answer;
    });
    expectAlike(heard, "202 Accepted");
  });

  test("in the request after that, while a mail leaves for those who exist", () => {
    expectAlike(afterAsking, "not_signed_in");
  });

  test("when a code is tried", async () => {
    const heard = await hear(crowd, ({ phone, challenge }) =>
      line.ask("POST", "/api/auth/session", {
        body: { phone, code: "none" },
        cookie: `parley-challenge=${challenge}`,
      }),
    );
    expectAlike(heard, "code_wrong");
  });

  test("when a code is tried that nobody asked for", async () => {
    const heard = await hear(crowd, ({ phone }) =>
      line.ask("POST", "/api/auth/session", { body: { phone, code: "123456" } }),
    );
    expectAlike(heard, "code_expired");
  });

  test("when somebody who is signed in writes to a person they do not know", async () => {
    const heard = await hear(crowd, ({ user }) =>
      line.ask("POST", "/api/messages", {
        body: { cid: Bun.randomUUIDv7(), to: user, text: "psst" },
        cookie: stranger,
      }),
    );
    expectAlike(heard, "not_a_contact");
  });

  test("when somebody who is signed in asks for the messages of others", async () => {
    const heard = await hear(crowd, ({ conversation }) =>
      line.ask("GET", `/api/conversations/${conversation}/messages`, { cookie: stranger }),
    );
    expectAlike(heard, "no_conversation");
  });

  test("when somebody who is signed in changes or removes a person they do not know", async () => {
    const change = await hear(crowd, (whom) =>
      line.ask("PATCH", `/api/contacts/${whom.user}`, { body: { muted: true }, cookie: aStranger() }),
    );
    expectAlike(change, "not_found");
    const remove = await hear(crowd, (whom) =>
      line.ask("DELETE", `/api/contacts/${whom.user}`, { cookie: aStranger() }),
    );
    expectAlike(remove, "not_found");
  });

  test.each(["used", "expired"] as const)(
    "when an invite is shown that was %s, or never was",
    async (became) => {
      const tokens: Both<string> = { existing: invites[became], missing: forged(INVITES) };
      const person = { phone: "+12120999999", email: "new@example.org" };
      const shown = (path: string, more: object = {}, cookie = "") =>
        hear(tokens, (token) =>
          line.ask("POST", `/api/invites/${path}`, {
            body: { token, ...more },
            cookie: cookie || aStranger(),
          }),
        );
      expectAlike(await shown("look"), "no_invite");
      expectAlike(await shown("accept"), "no_invite");
      expectAlike(await shown("code", person), "no_invite");
      expectAlike(await shown("join", { ...person, name: "New", code: "123456" }), "no_invite");
    },
  );

  test.each([
    ["a number", ({ phone }: Whom) => ({ phone, email: aNewAddress() })],
    ["an address", ({ email }: Whom) => ({ phone: aNewNumber(), email })],
    ["a number and an address", ({ phone, email }: Whom) => ({ phone, email })],
  ])("when a code to join is asked for with %s that somebody has, and when it is tried", async (_, typed) => {
    const asked: Both<Whom & { token: string }> = { existing: [], missing: [] };
    for (const kind of ["existing", "missing"] as const) {
      asked[kind] = crowd[kind].map((whom) => ({
        ...whom,
        ...typed(whom),
        token: invites.open.pop() ?? "",
      }));
    }
    expectAlike(await hear(asked, (whom) => askToJoin(line, whom)), "202 Accepted");
    const tried = await hear(asked, ({ token, phone, email, challenge }) =>
      line.ask("POST", "/api/invites/join", {
        body: { token, phone, email, name: "New", code: "none" },
        cookie: `parley-challenge=${challenge}`,
      }),
    );
    expectAlike(tried, "code_wrong");
  });

  function aStranger(): string {
    return strangers[Math.floor(Math.random() * strangers.length)] ?? "";
  }
});

test("who is blocked cannot tell it from the answers to what they write", async () => {
  await using target = await startTarget({ name: "blocked", env: { SEND_BURST: "1000000" } });
  const line = await openLine(target.url);
  const people = await target.people(4 * PAIRS);
  const pairs = people.flatMap((from, at) =>
    at % 2 === 0 ? [{ from, to: people[at + 1] as Somebody }] : [],
  );
  const [blocked, others] = [pairs.slice(PAIRS), pairs.slice(0, PAIRS)];
  for (const { from, to } of blocked) {
    const answer = await line.ask("PATCH", `/api/contacts/${from.id}`, {
      body: { blocked: true },
      cookie: to.cookie,
    });
    expect(answer.status).toBe(200);
  }
  const each = (all: typeof pairs) => Array.from({ length: PEOPLE }, (_, at) => all[at % PAIRS] as Pair);
  const heard = await hear({ existing: each(blocked), missing: each(others) }, ({ from, to }) =>
    line.ask("POST", "/api/messages", {
      body: { cid: Bun.randomUUIDv7(), to: to.id, text: "are you there?" },
      cookie: from.cookie,
    }),
  );
  line.close();
  for (const answers of [heard.existing, heard.missing]) {
    for (const answer of answers) answer.text = withoutIds(answer.text);
  }
  expectAlike(heard, "201 Created");
});

describe("a leak is found", () => {
  test("when the mail is sent before the answer", async () => {
    const plant = {
      file: "server/auth/signin.ts",
      was: 'deps.afterwards.run("sending a code by mail", async () => {',
      becomes:
        'await ((_: string, work: () => Promise<void>) => work())("sending a code by mail", async () => {',
    };
    await using target = await startTarget({ name: "enumeration-leak-in-time", plant });
    const line = await openLine(target.url);
    const heard = await hear(await gather(target, PEOPLE), (whom) => askForCode(line, whom));
    line.close();
    expect(timesApart(heard)).toBeGreaterThan(APART);
  });

  test("when the answer about those who do not exist is one byte shorter", async () => {
    const plant = {
      file: "server/auth/signin.ts",
      was: "    return { challenge };\n",
      becomes: "    return { challenge: known ? challenge : challenge.slice(1) };\n",
    };
    await using target = await startTarget({ name: "enumeration-leak-in-bytes", plant });
    const line = await openLine(target.url);
    const heard = await hear(await gather(target, 10), (whom) => askForCode(line, whom));
    line.close();
    expect(shapesOf(heard.missing)).not.toEqual(shapesOf(heard.existing));
  });

  test("when the mail about an address that is somebody's is sent before the answer", async () => {
    const plant = {
      file: "server/invites/joining.ts",
      was: 'deps.afterwards.run("sending a code to join by mail", async () => {',
      becomes:
        'const first = async (_: string, work: () => Promise<void>) => work();\n    await (owner.is === "nobody" ? deps.afterwards.run : first)("sending a code to join by mail", async () => {',
    };
    await using target = await startTarget({ name: "enumeration-leak-of-addresses", plant });
    const line = await openLine(target.url);
    const people = await gather(target, PEOPLE);
    const { open } = await target.invites(people.existing[0]?.user as UserId, { open: 2 * PEOPLE });
    const heard = await hear(people, (whom) =>
      askToJoin(line, { ...whom, phone: aNewNumber(), token: open.pop() ?? "" }),
    );
    line.close();
    expect(timesApart(heard)).toBeGreaterThan(APART);
  });

  test("when an invite that was used is refused in other words than a forged one", async () => {
    const plant = {
      file: "server/invites/invites.ts",
      was: 'if (invite === null) throw new Refusal("no_invite");',
      becomes:
        "const [known] = await db`select id from invites where token_hash = ${hashToken(token)}`;" +
        'if (invite === null) throw new Refusal(known ? "no_invite" : "not_found");',
    };
    await using target = await startTarget({ name: "enumeration-leak-of-invites", plant });
    const line = await openLine(target.url);
    const [maker] = await target.people(2);
    const { used } = await target.invites(maker?.id as UserId, { used: 10 });
    const heard = await hear({ existing: used, missing: forged(10) }, (token) =>
      line.ask("POST", "/api/invites/look", { body: { token } }),
    );
    line.close();
    expect(shapesOf(heard.missing)).not.toEqual(shapesOf(heard.existing));
  });
});

interface Pair {
  from: Somebody;
  to: Somebody;
}

/** What differs from message to message, and how many digits it has. */
function withoutIds(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID")
    .replaceAll(/\d{13}/g, "AT")
    .replaceAll(/\d{1,6}(?=[,}\r])/g, "N");
}

function forged(count: number): string[] {
  return Array.from({ length: count }, () =>
    Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64url"),
  );
}

let last = 0;

/** As long as those of the people. */
function aNewNumber(): string {
  return `+${NOBODY_FROM + PEOPLE + (last += 1)}`;
}

function aNewAddress(): string {
  return `person-${NOBODY_AT + PEOPLE + (last += 1)}@example.org`;
}

async function askToJoin(line: Line, whom: Whom & { token: string }): Promise<RawAnswer> {
  const { token, phone, email } = whom;
  const answer = await line.ask("POST", "/api/invites/code", { body: { token, phone, email } });
  whom.challenge = challengeIn(answer);
  return answer;
}

async function askForCode(line: Line, whom: Whom): Promise<RawAnswer> {
  const answer = await line.ask("POST", "/api/auth/code", { body: { phone: whom.phone } });
  whom.challenge = challengeIn(answer);
  return answer;
}

function challengeIn({ text }: RawAnswer): string {
  return /parley-challenge=([^;]+)/.exec(text)?.[1] ?? "";
}

async function gather({ url, people }: Target, count: number): Promise<Crowd> {
  const existing: Whom[] = [];
  for (const { id, phone, email, cookie } of await people(count)) {
    const answer = await fetch(`${url}/api/conversations`, { headers: { cookie } });
    const [conversation] = (await answer.json()) as Conversation[];
    existing.push({ phone, email, user: id, conversation: conversation?.id ?? "", challenge: "" });
  }
  const missing = Array.from({ length: count }, (_, at) => ({
    phone: `+${NOBODY_FROM + at}`,
    email: `person-${NOBODY_AT + at}@example.org`,
    user: crypto.randomUUID(),
    conversation: crypto.randomUUID(),
    challenge: "",
  }));
  return { existing, missing };
}
