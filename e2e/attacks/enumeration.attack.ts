/**
 * Whether anybody can tell who has an account here. A started instance is asked about hundreds of people who exist and hundreds
 * who do not, one by one and mixed by chance; then it is seen whether the answers can be told apart, by a byte or by how long
 * they took. The instance and the mail server are processes of their own, so that only the line lies between. Leaks are planted
 * to see that they would be found.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Conversation } from "#protocol/http.ts";
import { openLine } from "./line.ts";
import type { Line, RawAnswer } from "./line.ts";
import { cliffsDelta } from "./ranks.ts";
import { startTarget } from "./target.ts";
import type { Target } from "./target.ts";

/** People who exist, and as many who do not. */
const PEOPLE = 200;
/** Times are told apart beyond this much. Of 200 and 200 that are alike it is five times what chance brings. */
const APART = 0.3;
/** Of the same kind as those of the people, so that nothing but their owners sets them apart. */
const NOBODY_FROM = 12_120_500_000;

/** Somebody who exists or does not, as who asks would name them. */
interface Whom {
  phone: string;
  user: string;
  conversation: string;
  /** Challenge of the code that was asked for. */
  challenge: string;
}

interface Crowd {
  existing: Whom[];
  missing: Whom[];
}

/** What came of asking about each. */
type Heard = Record<keyof Crowd, RawAnswer[]>;

const cleanups = new AsyncDisposableStack();
afterAll(() => cleanups.disposeAsync());

describe("who exists and who does not are answered alike, by the byte and by the clock", () => {
  let target: Target;
  let line: Line;
  let crowd: Crowd;
  /** Cookie of somebody who is signed in and knows none of them. */
  let stranger: string;
  /** What the request right after each asking came to. */
  const afterAsking: Heard = { existing: [], missing: [] };

  beforeAll(async () => {
    target = cleanups.use(await startTarget({ name: "enumeration", env: { SEND_BURST: "1000000" } }));
    line = await openLine(target.url);
    cleanups.defer(() => line.close());
    stranger = (await target.people(2))[0]?.cookie ?? "";
    crowd = await gather(target, PEOPLE);
  });

  test("when a code is asked for", async () => {
    const heard = await hear(crowd, async (whom, kind) => {
      const answer = await askForCode(line, whom);
      afterAsking[kind].push(await line.ask("GET", "/api/me"));
      return answer;
    });
    expect(heard.existing[0]?.status).toBe(202);
    expectAlike(heard);
  });

  test("in the request after that, while a mail leaves for those who exist", () => {
    expectAlike(afterAsking);
  });

  test("when a code is tried", async () => {
    const heard = await hear(crowd, ({ phone, challenge }) =>
      line.ask("POST", "/api/auth/session", {
        body: { phone, code: "none" },
        cookie: `parley-challenge=${challenge}`,
      }),
    );
    expect(heard.existing[0]?.text).toContain("code_wrong");
    expectAlike(heard);
  });

  test("when a code is tried that nobody asked for", async () => {
    const heard = await hear(crowd, ({ phone }) =>
      line.ask("POST", "/api/auth/session", { body: { phone, code: "123456" } }),
    );
    expect(heard.existing[0]?.text).toContain("code_expired");
    expectAlike(heard);
  });

  test("when somebody who is signed in writes to a person they do not know", async () => {
    const heard = await hear(crowd, ({ user }) =>
      line.ask("POST", "/api/messages", {
        body: { cid: Bun.randomUUIDv7(), to: user, text: "psst" },
        cookie: stranger,
      }),
    );
    expect(heard.existing[0]?.text).toContain("not_a_contact");
    expectAlike(heard);
  });

  test("when somebody who is signed in asks for the messages of others", async () => {
    const heard = await hear(crowd, ({ conversation }) =>
      line.ask("GET", `/api/conversations/${conversation}/messages`, { cookie: stranger }),
    );
    expect(heard.existing[0]?.text).toContain("no_conversation");
    expectAlike(heard);
  });
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
});

/** Asks about everybody, in an order of chance. */
async function hear(
  { existing, missing }: Crowd,
  ask: (whom: Whom, kind: keyof Crowd) => Promise<RawAnswer>,
): Promise<Heard> {
  const all = [
    ...existing.map((whom) => ({ whom, kind: "existing" as const, at: Math.random() })),
    ...missing.map((whom) => ({ whom, kind: "missing" as const, at: Math.random() })),
  ].toSorted((one, other) => one.at - other.at);
  const heard: Heard = { existing: [], missing: [] };
  for (const { whom, kind } of all) heard[kind].push(await ask(whom, kind));
  return heard;
}

function expectAlike(heard: Heard): void {
  expect(shapesOf(heard.missing)).toEqual(shapesOf(heard.existing));
  expect(timesApart(heard)).toBeLessThan(APART);
}

function timesApart({ existing, missing }: Heard): number {
  return Math.abs(cliffsDelta(timesOf(existing), timesOf(missing)));
}

function timesOf(answers: RawAnswer[]): number[] {
  return answers.map(({ tookMs }) => tookMs);
}

/** The answers without what is random, and without the time: a set, so that one that differs shows. */
function shapesOf(answers: RawAnswer[]): string[] {
  const shapes = answers.map(({ text }) =>
    text.replace(/^Date: .*$/m, "Date").replace(/parley-challenge=[\w-]{43};/, "parley-challenge;"),
  );
  return [...new Set(shapes)].toSorted();
}

async function askForCode(line: Line, whom: Whom): Promise<RawAnswer> {
  const answer = await line.ask("POST", "/api/auth/code", { body: { phone: whom.phone } });
  whom.challenge = /parley-challenge=([^;]+)/.exec(answer.text)?.[1] ?? "";
  return answer;
}

async function gather({ url, people }: Target, count: number): Promise<Crowd> {
  const existing: Whom[] = [];
  for (const { id, phone, cookie } of await people(count)) {
    const answer = await fetch(`${url}/api/conversations`, { headers: { cookie } });
    const [conversation] = (await answer.json()) as Conversation[];
    existing.push({ phone, user: id, conversation: conversation?.id ?? "", challenge: "" });
  }
  const missing = Array.from({ length: count }, (_, at) => ({
    phone: `+${NOBODY_FROM + at}`,
    user: crypto.randomUUID(),
    conversation: crypto.randomUUID(),
    challenge: "",
  }));
  return { existing, missing };
}
