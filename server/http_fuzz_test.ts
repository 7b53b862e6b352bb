/**
 * What anybody can send to the HTTP door: for every operation of the API description, requests that fit it and requests that
 * nearly do; and bytes that are no HTTP at all. Whatever comes, the answer is one that the description names, never a fault of
 * ours, and the instance goes on. Operations are read off the instance, so a new one is held to this too.
 */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import type { Conversation } from "#protocol/http.ts";
import { readApi } from "./testing/api.ts";
import type { Operation, Parameter } from "./testing/api.ts";
import { anyCharacter, faultsOf, valuesOf } from "./testing/json_schema.ts";
import type { JsonSchema } from "./testing/json_schema.ts";
import { newPhone, signInAs, startStack } from "./testing/stack.ts";
import type { SignedInPerson, Stack } from "./testing/stack.ts";

/** Requests of chance for each operation, and of bytes; always the same ones, so that a failure comes again. */
const REQUESTS = 40;
const RAW_REQUESTS = 400;
const SEED = 20_261_125;
const ANSWER_WITHIN_MS = 5_000;
const PLENTY = "1000000";
const ADDRESS_PART_MAX = 500;
const FAILURE_MAX_CHARS = 600;

let stack: Stack;
let operations: Operation[];

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
  const reader = await somebody();
  const failures: string[] = [];
  for (const operation of operations) {
    // Who acts is a person of their own each time: they may sign themselves out by it, or worse.
    const { person, ids } = operation.method === "GET" ? reader : await somebody();
    const asked = fc.record({ address: addressOf(operation, ids), body: bodyOf(operation, ids) });
    const property = fc.asyncProperty(asked, async (request) => {
      expect(await faultsIn(operation, { ...request, cookie: person.cookie })).toEqual([]);
    });
    const examples = oddRequests(operation, ids).map((request): [Asked] => [request]);
    try {
      await fc.assert(property, { seed: SEED, numRuns: examples.length + REQUESTS, examples });
    } catch (error) {
      // All of them are told at once, the first example of each.
      const { message, cause } = error as Error & { cause?: Error };
      failures.push(`${operation.name}: ${(cause?.message ?? message).slice(0, FAILURE_MAX_CHARS)}`);
    }
  }
  expect(failures).toEqual([]);
}, 90_000);

test("bytes that are no request are refused or cut off, and the instance goes on", async () => {
  const statuses = new Set<number>();
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 600 }), mangledRequest());
  const property = fc.asyncProperty(bytes, async (sent) => {
    for (const status of await statusesAfter(sent)) statuses.add(status);
  });
  await fc.assert(property, { seed: SEED, numRuns: RAW_REQUESTS });
  expect(statuses.size).toBeGreaterThan(3);
  // 505 is the runtime's word for a line that does not end in a version of HTTP.
  expect([...statuses].filter((status) => status >= 500 && status !== 505)).toEqual([]);
  expect(await (await fetch(`${stack.urls[0]}/health/live`)).json()).toEqual({ live: true });
}, 60_000);

test.each(["", "a b", "[::1", "x:99999999", "<script>"])(
  "a request to the host %j is refused",
  async (host) => {
    const line = (method: string) =>
      `${method} /api/me HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
    for (const method of ["GET", "POST"]) {
      expect(await statusesAfter(Buffer.from(line(method)))).toEqual([400]);
    }
  },
);

/** Somebody who is signed in, has a contact and has written to them; and ids that mean something to them. */
async function somebody(): Promise<{ person: SignedInPerson; ids: string[] }> {
  const [url] = stack.urls;
  const [own, other] = [newPhone(), newPhone()];
  const person = await signInAs(stack, { name: "ann", phone: own, url });
  const contact = await signInAs(stack, { name: "ben", phone: other, url });
  await stack.admin("connect", "--phone", own, "--phone", other);
  const answer = await fetch(`${url}/api/conversations`, { headers: { cookie: person.cookie } });
  const conversations = (await answer.json()) as Conversation[];
  return { person, ids: [contact.id, ...conversations.map(({ id }) => id)] };
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

interface Asked {
  address: string;
  body: string | null;
}

/** Each odd value in each place where the operation takes one, everything else fitting. */
function oddRequests(operation: Operation, ids: string[]): Asked[] {
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
  return [...inAddress, ...inBody];
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

/** What is wrong with how a request is answered; nothing when all is well. */
async function faultsIn(
  { method, answers, refusal }: Operation,
  { address, body, cookie }: Asked & { cookie: string },
): Promise<string[]> {
  const [url] = stack.urls;
  const response = await fetch(url + address, {
    method,
    headers: { origin: url, cookie, "content-type": "application/json" },
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    ...(body !== null && method !== "GET" && { body }),
  });
  const [status, text] = [response.status, await response.text()];
  const described = answers.get(String(status));
  if (described === null) return text === "" ? [] : [`${status} has a body: ${text}`];
  if (status >= 500) return [`${status}: ${text}`];
  const type = response.headers.get("content-type") ?? "none";
  if (!type.startsWith("application/json")) return [`${status} is of type ${type}: ${text}`];
  return faultsOf(JSON.parse(text), described ?? refusal).map((fault) => `${status}: ${fault} in ${text}`);
}

/** A request with some of its bytes taken away, doubled, or changed into what means something to a parser. */
function mangledRequest(): fc.Arbitrary<Uint8Array> {
  const { host } = new URL(stack.urls[0]);
  const body = '{"phone":"+12025550101"}';
  const json = `Content-Type: application/json\r\nContent-Length: ${body.length}`;
  const requests = [
    `GET /api/me HTTP/1.1\r\nHost: ${host}\r\nCookie: parley=x\r\n\r\n`,
    `POST /api/auth/code HTTP/1.1\r\nHost: ${host}\r\nOrigin: http://${host}\r\n${json}\r\n\r\n${body}`,
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: x\r\n\r\n`,
  ].map((text) => Buffer.from(text));
  const tokens = [
    "\r\n",
    "\n",
    "\0",
    ":",
    " ",
    "%",
    "/",
    "-1",
    "chunked",
    "\xff",
    "HTTP/9.9",
    "Host: \r\n",
    "Host: a b\r\n",
  ];
  const change = fc.record({ at: fc.nat(200), drop: fc.nat(6), put: fc.constantFrom("", ...tokens) });
  return fc
    .tuple(fc.constantFrom(...requests), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([request, changes]) =>
      changes.reduce((bytes, { at, drop, put }) => {
        const cut = Math.min(at, bytes.length);
        const inserted = Buffer.from(put, "latin1");
        return Buffer.concat([bytes.subarray(0, cut), inserted, bytes.subarray(cut + drop)]);
      }, request),
    );
}

/** Sends the bytes, says that no more come, and reads what the server makes of it until it hangs up. */
async function statusesAfter(sent: Uint8Array): Promise<number[]> {
  const { hostname, port } = new URL(stack.urls[0]);
  const socket = connect({ host: hostname, port: Number(port) });
  const { promise: closed, resolve, reject } = Promise.withResolvers<void>();
  let answer = "";
  socket.setTimeout(ANSWER_WITHIN_MS, () => reject(new Error("the server kept a connection that had ended")));
  socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
  // To be cut off is an answer too.
  socket.on("error", () => socket.destroy());
  socket.on("close", () => resolve());
  socket.end(sent);
  await closed;
  return [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status));
}
