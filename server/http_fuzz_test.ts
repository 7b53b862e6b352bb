/**
 * What anybody can send to the HTTP door: for every operation of the API description, requests that fit it and requests that
 * nearly do. Whatever comes, the answer is one that the description names, never a fault of ours. Operations are read off the
 * instance, so a new one is held to this too; what chance does not find of what is described has to be asked for here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import fc from "fast-check";
import type { Conversation, NewInvite, SendAnswer } from "#protocol/http.ts";
import { readApi } from "./testing/api.ts";
import type { Operation, Parameter } from "./testing/api.ts";
import { askDescribed } from "./testing/described.ts";
import type { Answered, Asked } from "./testing/described.ts";
import { anyCharacter, valuesOf } from "./testing/json_schema.ts";
import type { JsonSchema } from "./testing/json_schema.ts";
import { newestCode, newPhone, signInAs, startStack } from "./testing/stack.ts";
import type { SignedInPerson, Stack } from "./testing/stack.ts";

/** Requests of chance for each operation; always the same ones, so that a failure comes again. */
const REQUESTS = 40;
const SEED = 20_261_125;
const PLENTY = "1000000";
const ADDRESS_PART_MAX = 500;
const FAILURE_MAX_CHARS = 600;
/** More than anybody may do of anything in a row. */
const TOO_OFTEN = 200;
/** This instance takes new work to the end: `health/routes_test.ts` has one that does not. */
const NEVER_DRAINING = "GET /health/ready: 503";
/** Who comes from the machine of the tests may look at invites without end: `invites/invites_test.ts` has somebody who may not. */
const NEVER_TOO_OFTEN = "POST /api/invites/look: 429";
const ELSEWHERE = new Set([NEVER_DRAINING, NEVER_TOO_OFTEN]);

let stack: Stack;
let operations: Operation[];
/** Answers that somebody got, like "GET /api/me: 200". */
const heard = new Set<string>();

beforeAll(async () => {
  stack = await startStack("embedded", {
    SEND_BURST: PLENTY,
    SENDS_PER_SECOND: PLENTY,
    CODES_PER_NUMBER_HOUR: PLENTY,
  });
  operations = await readApi(stack.urls[0]);
}, 60_000);

afterAll(() => stack.stop(), 30_000);

test("every operation answers as it is described, whatever it is asked", async () => {
  expect(operations.length).toBeGreaterThan(10);
  const reader = await somebody({ admin: true });
  const member = reader.contact;
  const failures: string[] = [];
  for (const operation of operations) {
    // Who acts is a person of their own each time: they may sign themselves out by it, or worse.
    const admin = operation.path.startsWith("/api/admin/");
    const { cookie, ids } = operation.method === "GET" ? reader : await somebody({ admin });
    const asked = fc.record({ address: addressOf(operation, ids), body: bodyOf(operation, ids) });
    const property = fc.asyncProperty(asked, async (request) => {
      expect((await ask(operation, { cookie, ...request })).faults).toEqual([]);
    });
    const odd = oddRequests(operation, ids);
    // Who is not signed in, and who is no administrator.
    const strangers = admin ? ["", member.cookie] : [""];
    const strange = strangers.flatMap((other) =>
      odd.slice(0, 1).map((request) => ({ ...request, cookie: other })),
    );
    const examples = [...strange, ...odd].map((request): [Request] => [request]);
    try {
      await fc.assert(property, { seed: SEED, numRuns: examples.length + REQUESTS, examples });
    } catch (error) {
      // All of them are told at once, the first example of each.
      const { message, cause } = error as Error & { cause?: Error };
      failures.push(`${operation.name}: ${(cause?.message ?? message).slice(0, FAILURE_MAX_CHARS)}`);
    }
  }
  expect(failures).toEqual([]);
}, 150_000);

/** What chance does not find: successes that need something true, and waits that need patience. */
describe("as a person who means it", () => {
  test("signs in, and is asked to wait or to look again", async () => {
    const admin = await somebody({ admin: true });
    const phone = newPhone();
    const added = { name: "eve", phone, email: `eve-${phone.slice(1)}@example.org` };
    await answers("POST /api/admin/people", admin, { body: added, status: 201 });
    await answers("POST /api/admin/people", admin, { body: added, status: 409 });
    await answers("POST /api/admin/people", admin, { body: { ...added, name: "\u202e" }, status: 422 });

    const since = Date.now();
    const asked = await answers("POST /api/auth/code", nobody, { body: { phone }, status: 202 });
    const browser = { cookie: cookiesIn(asked) };
    await answers("POST /api/auth/code", browser, { body: { phone }, status: 429 });
    await answers("POST /api/auth/session", browser, { body: { phone, code: "none" }, status: 422 });
    const code = await newestCode(stack, { phone, since });
    await answers("POST /api/auth/session", browser, { body: { phone, code }, status: 201 });

    const other = newPhone();
    const wrong = { phone: other, code: "000000" };
    const again = {
      cookie: cookiesIn(await answers("POST /api/auth/code", nobody, { body: { phone: other } })),
    };
    expect(await inARow(() => answers("POST /api/auth/session", again, { body: wrong }))).toContain(429);
  });

  test("invites somebody, who comes in, and somebody who says yes", async () => {
    const ann = await somebody({ admin: false });
    const make = async () => (await answers("POST /api/invites", ann, { status: 201 })).json as NewInvite;
    const [{ token }, second, third] = [await make(), await make(), await make()];
    await answers("DELETE /api/invites/{id}", ann, { place: { id: third.id }, status: 204 });
    await answers("POST /api/invites/look", nobody, { body: { token }, status: 200 });
    await answers("POST /api/invites/accept", ann, { body: { token }, status: 409 });
    const zoe = await somebody({ admin: false });
    await answers("POST /api/invites/accept", zoe, { body: { token: second.token }, status: 200 });

    const phone = newPhone();
    const who = { token, phone, email: `eve-${phone.slice(1)}@example.org` };
    const named = { ...who, name: "Eve" };
    const since = Date.now();
    const asked = await answers("POST /api/invites/code", nobody, { body: who, status: 202 });
    const browser = { cookie: cookiesIn(asked) };
    await answers("POST /api/invites/code", browser, { body: who, status: 429 });
    await answers("POST /api/invites/join", browser, { body: { ...named, code: "none" }, status: 422 });
    const code = await newestCode(stack, { phone, since });
    await answers("POST /api/invites/join", browser, { body: { ...named, code }, status: 201 });
    await answers("POST /api/invites/code", nobody, { body: who, status: 404 });
    await answers("POST /api/invites/join", nobody, { body: { ...named, code }, status: 404 });

    const { token: other } = await make();
    const wrong = { ...named, token: other, phone: newPhone(), code: "none" };
    const again = { cookie: cookiesIn(await answers("POST /api/invites/code", nobody, { body: wrong })) };
    expect(await inARow(() => answers("POST /api/invites/join", again, { body: wrong }))).toContain(429);
    expect(await inARow(() => answers("POST /api/invites/accept", zoe, { body: { token } }))).toContain(429);
    expect(await inARow(() => answers("POST /api/invites", zoe))).toContain(429);
  });

  test("writes, writes the same again, and changes it", async () => {
    const ann = await somebody({ admin: false });
    const message = { cid: Bun.randomUUIDv7(), to: ann.contact.id, text: "hello" };
    const sent = await answers("POST /api/messages", ann, { body: message, status: 201 });
    await answers("POST /api/messages", ann, { body: message, status: 200 });
    const { conversation, seq } = sent.json as SendAnswer;
    const place = { id: conversation, seq: String(seq) };
    await answers("GET /api/conversations/{id}/messages/{seq}/times", ann, { place, status: 200 });
    const edit = { type: "message.edit", cid: Bun.randomUUIDv7(), conversation, seq, text: "hello there" };
    await answers("POST /api/revisions", ann, { body: edit, status: 200 });
  });

  test("has a device that seals and is notified", async () => {
    const ann = await somebody({ admin: false });
    const seal = await answers("GET /api/seal", ann, { status: 200 });
    await answers("POST /api/seal/open", ann, { body: seal.json as object, status: 200 });
    const { subscription } = stack.pushHost.device();
    await answers("PUT /api/push", ann, { body: { ...subscription, preview: true }, status: 200 });
  });

  test("does too much of it", async () => {
    const ann = await somebody({ admin: false });
    const place = { id: ann.contact.id };
    const [renames, repaints] = await Promise.all([
      inARow(() => answers("PATCH /api/contacts/{id}", ann, { place, body: { muted: true } })),
      inARow(() => answers("PATCH /api/profile", ann, { body: { hue: 7 } })),
    ]);
    expect(renames).toEqual(new Set([200, 429]));
    expect(repaints).toEqual(new Set([200, 429]));
  });
});

test("every answer that is described came", () => {
  const described = operations.flatMap(({ name, answers }) =>
    [...answers.keys()].map((status) => `${name}: ${status}`),
  );
  expect(described.filter((answer) => !heard.has(answer) && !ELSEWHERE.has(answer))).toEqual([]);
});

const nobody = { cookie: "" };

interface Meant {
  /** For what varies in the path. */
  place?: Record<string, string>;
  body?: object;
  /** Unless any that is described will do. */
  status?: number;
}

/** Asks the operation of that name, which has to answer as it is described. */
async function answers(name: string, { cookie }: { cookie: string }, meant: Meant = {}): Promise<Answered> {
  const operation = operations.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`there is no ${name}`);
  const { place = {}, body, status } = meant;
  const address = operation.path.replaceAll(/\{(\w+)\}/g, (_, wanted: string) => place[wanted] ?? "");
  const answered = await ask(operation, { address, cookie, body: body ? JSON.stringify(body) : null });
  expect(answered.faults).toEqual([]);
  if (status !== undefined) expect([name, answered.status]).toEqual([name, status]);
  return answered;
}

/** Does it more often at once than anybody may; which statuses that came to. */
async function inARow(act: () => Promise<Answered>): Promise<Set<number>> {
  const all = await Promise.all(Array.from({ length: TOO_OFTEN }, act));
  return new Set(all.map(({ status }) => status));
}

function cookiesIn({ setCookies }: Answered): string {
  return setCookies.map((cookie) => cookie.split(";")[0]).join("; ");
}

/** Asks, and remembers what came. */
async function ask(operation: Operation, asked: Asked): Promise<Answered> {
  const answered = await askDescribed(stack.urls[0], operation, asked);
  heard.add(`${operation.name}: ${answered.status}`);
  return answered;
}

/** Somebody who is signed in and has a contact; and ids that mean something to them. */
async function somebody({ admin }: { admin: boolean }): Promise<Somebody> {
  const [url] = stack.urls;
  const [own, other] = [newPhone(), newPhone()];
  const person = await signInAs(stack, { name: "ann", phone: own, url });
  const contact = await signInAs(stack, { name: "ben", phone: other, url });
  await stack.admin("connect", "--phone", own, "--phone", other);
  if (admin) await stack.admin("user", "role", "--phone", own, "--role", "admin");
  const answer = await fetch(`${url}/api/conversations`, { headers: { cookie: person.cookie } });
  const conversations = (await answer.json()) as Conversation[];
  return { ...person, contact, ids: [contact.id, ...conversations.map(({ id }) => id)] };
}

interface Somebody extends SignedInPerson {
  contact: SignedInPerson;
  ids: string[];
}

const ID = "6f1c0a2e-3f60-4c55-9f9e-0b8a3a0c1d2e";

/** Values of every kind that is likely to be wrong somewhere. */
const ODD_TEXTS = [
  ["", " ", "\0", "\ud800", "a\u202eb", "👩‍👩‍👧".repeat(400), "x".repeat(9_000), "e\u0301".repeat(3_000)],
  [`urn:uuid:${ID}`, `{${ID}}`, ID.toUpperCase(), ID.replaceAll("-", ""), "..", "../../etc/passwd"],
  ["'; drop table users; --", "${7*7}", "%00", "%", "null", "NaN", "-0", "1e309", "0x10", "9".repeat(400)],
].flat();
const ODD: readonly unknown[] = [
  ODD_TEXTS,
  [null, true, 0, -1, 0.5, 2 ** 53, -(2 ** 63), 1e308, [], {}, [[[[[[]]]]]], { length: 4_000 }],
  [JSON.parse('{"__proto__":{"signedIn":true},"constructor":{"prototype":1}}')],
].flat();

/** Signed in as whoever asks, unless it says otherwise. */
type Request = Omit<Asked, "cookie"> & Partial<Pick<Asked, "cookie">>;

/** Each odd value in each place where the operation takes one, everything else fitting. */
function oddRequests(operation: Operation, ids: string[]): Request[] {
  const { path, parameters, body } = operation;
  const fitting = (schema: JsonSchema) => fc.sample(valuesOf(schema, ids), { seed: SEED, numRuns: 1 })[0];
  const plain = parameters.map((parameter) => [parameter, String(fitting(parameter.schema))] as const);
  const fittingBody = body === null ? null : (fitting(body) as object);
  const written = fittingBody === null ? null : JSON.stringify(fittingBody);
  const inAddress = parameters.flatMap((parameter) =>
    ODD_TEXTS.map((odd) => {
      const values = plain.map(([own, value]) => [own, own === parameter ? odd : value] as const);
      return { address: write(path, values), body: written };
    }),
  );
  const inBody = Object.keys(body?.properties ?? {}).flatMap((name) =>
    ODD.map((odd) => ({
      address: write(path, plain),
      body: JSON.stringify({ ...fittingBody, [name]: odd }),
    })),
  );
  const fit = { address: write(path, plain), body: written };
  return [fit, ...inAddress, ...inBody];
}

/** The address with these values in their places. */
function write(path: string, values: readonly (readonly [Parameter, string | null])[]): string {
  const query = new URLSearchParams();
  let address = path;
  for (const [{ name, in: place }, value] of values) {
    // A lone surrogate has no form in an address, and one that is too long never gets past the runtime.
    const text = (value ?? "x").slice(0, ADDRESS_PART_MAX).toWellFormed();
    if (place === "query" && value !== null) query.set(name, text);
    if (place === "path") address = address.replace(`{${name}}`, () => encodeURIComponent(text));
  }
  return query.size === 0 ? address : `${address}?${query}`;
}

/** Where a request goes: to what fits, or to something odd. */
function addressOf({ path, parameters }: Operation, ids: string[]): fc.Arbitrary<string> {
  const given = parameters.map((parameter) => fc.tuple(fc.constant(parameter), valueFor(parameter, ids)));
  return fc.tuple(...given).map((values) => write(path, values));
}

function valueFor({ schema }: Parameter, ids: string[]): fc.Arbitrary<string | null> {
  const value = fc.oneof(
    { weight: 2, arbitrary: valuesOf(schema, ids).map(String) },
    fc.constantFrom(...ODD_TEXTS),
  );
  return fc.option(value, { freq: 5 });
}

/** A body that fits, one with a field that does not, or one that could not be. */
function bodyOf({ body }: Operation, ids: string[]): fc.Arbitrary<string | null> {
  const any = fc.oneof(
    fc.json(),
    fc.string({ unit: anyCharacter }),
    fc.constantFrom("[".repeat(20_000), null),
  );
  if (body === null) return fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, any);
  const fitting = valuesOf(body, ids);
  const broken = fc
    .tuple(fitting, fc.constantFrom(...Object.keys(body.properties ?? {}), "more"), fc.constantFrom(...ODD))
    .map(([value, name, odd]) => ({ ...(value as object), [name]: odd }));
  const text = fc.oneof(fitting, broken).map((value) => JSON.stringify(value));
  return fc.oneof({ weight: 6, arbitrary: text }, any);
}
