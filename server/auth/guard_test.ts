import { afterEach, beforeEach, expect, test } from "bun:test";
import { Elysia } from "elysia";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { httpErrors } from "../http_errors.ts";
import { quietLog } from "../testing/quiet.ts";
import { createCookies } from "./cookies.ts";
import { createGuard } from "./guard.ts";
import type { Session } from "./sessions.ts";

const session: Session = {
  id: crypto.randomUUID() as SessionId,
  user: crypto.randomUUID() as UserId,
  device: "Chrome on Linux",
  createdAt: 0,
  lastSeenAt: 0,
  expiresAt: 1,
};

let looked: number;
/** What the person has to wait before they may ask again. */
let waitMs: number;
let app: ReturnType<typeof listen>;

beforeEach(() => {
  looked = 0;
  waitMs = 0;
  app = listen();
});

afterEach(() => app.stop(true));

/** Two sets of routes behind one guard, one of them a WebSocket. */
function listen() {
  const sessions = {
    async find(token: string) {
      looked += 1;
      return token === "right" ? session : null;
    },
  };
  const guard = createGuard({
    sessions,
    cookies: createCookies({ publicOrigin: null }),
    takeRequest: () => waitMs,
  });
  const plain = new Elysia()
    .use(guard)
    .get("/me", ({ session }) => ({ user: session.user }), { signedIn: true })
    .get("/anybody", ({ session }) => ({ user: session?.user ?? null }), { anybody: true })
    .get("/open", () => ({ open: true }));
  const socket = new Elysia().use(guard).get(
    "/ws",
    ({ request, server, session }) => {
      const open = (ws: { send(text: string): void }) => ws.send(session.id);
      if (server?.upgrade(request, { data: { open } as never }) !== true) throw new Error("no upgrade");
    },
    { signedIn: true },
  );
  return new Elysia()
    .use(httpErrors({ log: quietLog }))
    .use(plain)
    .use(socket)
    .listen({ port: 0, hostname: "127.0.0.1", reusePort: false });
}

function get(path: string, cookie?: string): Promise<Response> {
  const url = `http://127.0.0.1:${app.server?.port}${path}`;
  return fetch(url, cookie === undefined ? {} : { headers: { cookie } });
}

test("a signed-in person passes, looked up once", async () => {
  const answer = await get("/me", "parley=right");
  expect(await answer.json()).toEqual({ user: session.user });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(looked).toBe(1);
});

test("nobody else passes", async () => {
  for (const cookie of [undefined, "parley=", "parley=wrong", "parley-challenge=right"]) {
    const answer = await get("/me", cookie);
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: "not_signed_in" });
  }
});

test("a route for anybody hears who it is, if it is somebody, and is kept by nobody", async () => {
  const answers = await Promise.all([get("/anybody", "parley=right"), get("/anybody", "parley=wrong")]);
  expect(await Promise.all(answers.map((answer) => answer.json()))).toEqual([
    { user: session.user },
    { user: null },
  ]);
  for (const { headers } of answers) expect(headers.get("cache-control")).toBe("no-store");
  waitMs = 1_500;
  expect((await get("/anybody", "parley=right")).status).toBe(429);
});

test("who asks too fast is asked to wait, and nobody else is", async () => {
  waitMs = 1_500;
  const answer = await get("/me", "parley=right");
  expect([answer.status, await answer.json()]).toMatchObject([
    429,
    { code: "rate_limited", retryAfterMs: 1_500 },
  ]);
  expect((await get("/open")).status).toBe(200);
});

test("a route that does not ask for it looks nobody up", async () => {
  expect((await get("/open", "parley=right")).status).toBe(200);
  expect(looked).toBe(0);
});

test("an upgrade looks up once and hands the session on", async () => {
  const socket = new WebSocket(`ws://127.0.0.1:${app.server?.port}/ws`, {
    headers: { cookie: "parley=right" },
  });
  const { promise: said, resolve } = Promise.withResolvers<unknown>();
  socket.addEventListener("message", ({ data }) => resolve(data));
  expect(await said).toBe(session.id);
  expect(looked).toBe(1);
  socket.close();
});

test("an upgrade without a session is a plain 401", async () => {
  const answer = await fetch(`http://127.0.0.1:${app.server?.port}/ws`, {
    headers: {
      upgrade: "websocket",
      connection: "upgrade",
      "sec-websocket-key": "x",
      "sec-websocket-version": "13",
    },
  });
  expect(answer.status).toBe(401);
  expect(await answer.json()).toMatchObject({ code: "not_signed_in" });
});
