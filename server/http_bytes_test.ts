/** Bytes that are no HTTP, or nearly are: the answer is a refusal or an end, never a fault of ours, and the instance goes on. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import { startStack } from "./testing/stack.ts";
import type { Stack } from "./testing/stack.ts";

/** Always the same ones, so that a failure comes again. */
const RAW_REQUESTS = 400;
const SEED = 20_261_125;
const ANSWER_WITHIN_MS = 5_000;

let stack: Stack;

beforeAll(async () => {
  stack = await startStack("embedded");
}, 60_000);

afterAll(() => stack.stop(), 30_000);

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
