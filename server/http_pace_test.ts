import { afterEach, beforeEach, expect, test } from "bun:test";
import { connect } from "node:net";
import { Elysia } from "elysia";
import { createClientIp } from "./auth/client_ip.ts";
import { httpErrors } from "./http_errors.ts";
import { paceCheck } from "./http_pace.ts";
import { recordLog } from "./testing/quiet.ts";

const PER_SECOND = 3;
/** Ten seconds' worth at once. */
const BURST = 30;

let now: number;
let throttled: number;
let recorded: ReturnType<typeof recordLog>;
let app: ReturnType<typeof listen>;

beforeEach(() => {
  now = Date.UTC(2026, 5, 15, 12);
  throttled = 0;
  recorded = recordLog();
  app = listen();
});

afterEach(() => app.stop(true));

function listen() {
  return new Elysia()
    .use(httpErrors({ log: recorded.log }))
    .use(
      paceCheck({
        clientIp: createClientIp(["127.0.0.1"]),
        perSecond: PER_SECOND,
        clock: () => now,
        log: recorded.log,
        throttled: () => (throttled += 1),
      }),
    )
    .get("/", () => "here")
    .listen({ port: 0, hostname: "127.0.0.1", reusePort: false });
}

async function ask(from: string): Promise<Response> {
  const response = await fetch(`http://127.0.0.1:${app.server?.port}/`, {
    headers: { "x-forwarded-for": from },
  });
  await response.arrayBuffer();
  return response;
}

test("a network asks as fast as its pace, and is told when it may again; another is not concerned", async () => {
  for (let asked = 0; asked < BURST; asked++) expect((await ask("198.51.100.1")).status).toBe(200);
  const refused = await ask("198.51.100.1");
  expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(throttled).toBe(1);
  expect((await ask("198.51.100.2")).status).toBe(200);
  now += 1_000;
  for (let asked = 0; asked < PER_SECOND; asked++) expect((await ask("198.51.100.1")).status).toBe(200);
  expect((await ask("198.51.100.1")).status).toBe(429);
});

test("the addresses of one IPv6 network are one", async () => {
  for (let asked = 0; asked < BURST; asked++) await ask(`2001:db8::${asked}`);
  expect((await ask("2001:db8::ffff")).status).toBe(429);
});

test("what was sent ahead on the same connection goes with the refusal", async () => {
  const socket = connect({ host: "127.0.0.1", port: app.server?.port ?? 0 });
  let answers = "";
  socket.on("data", (chunk) => (answers += chunk.toString()));
  socket.write("GET / HTTP/1.1\r\nHost: parley.test\r\n\r\n".repeat(500));
  await new Promise((resolve) => socket.on("close", resolve));
  const statuses = [...answers.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => status);
  expect(statuses.slice(0, BURST)).toEqual(Array<string>(BURST).fill("200"));
  expect(statuses.slice(BURST)).toEqual(["429"]);
});

test("the operator is told once in a while, and not who it was", async () => {
  for (let asked = 0; asked < BURST + 20; asked++) await ask("198.51.100.1");
  const lines = recorded.text().trim().split("\n");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("TRUSTED_PROXIES");
  expect(lines[0]).not.toContain("198.51.100.1");
});
