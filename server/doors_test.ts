/**
 * Every route of a started instance, held to what must hold for all of them. The routes are read off the instance, so one that
 * somebody adds is held to it too; what is for anybody has to be named here.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Sql } from "postgres";
import { connect } from "./db/connect.ts";
import { readApi } from "./testing/api.ts";
import type { Operation } from "./testing/api.ts";
import { sampleOf } from "./testing/json_schema.ts";
import { newPhone, signInAs, startStack } from "./testing/stack.ts";
import type { SignedInPerson, Stack } from "./testing/stack.ts";
import { testDatabase } from "./testing/services.ts";
import type { TestDatabase } from "./testing/services.ts";
import { headersFor } from "./web/headers.ts";

/** What somebody may call who is not signed in. A new entry here is a decision: nothing else keeps strangers out. */
const FOR_ANYBODY = new Set([
  "GET /*",
  "HEAD /*",
  "GET /openapi.json",
  "GET /health/live",
  "GET /health/ready",
  "POST /api/auth/code",
  "GET /api/auth/session",
  "POST /api/auth/session",
  "DELETE /api/auth/session",
  "POST /api/invites/look",
  "POST /api/invites/code",
  "POST /api/invites/join",
]);

const PARTNER = "https://partner.example";
const EVIL = "https://evil.example";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

interface Route {
  method: string;
  path: string;
}

let database: TestDatabase;
let stack: Stack;
let person: SignedInPerson;
let routes: Route[];
let unsafe: Route[];
let operations: Operation[];

beforeAll(async () => {
  database = await testDatabase();
  stack = await startStack("embedded", {
    CORS_ORIGINS: PARTNER,
    DATABASE_URL: database.url,
    PARLEY_KEYS: `t1:${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("base64")}`,
  });
  routes = [...(stack.apps[0]?.routes ?? [])].filter(({ path }) => !path.startsWith("/dev/"));
  unsafe = routes.filter(({ method }) => !SAFE.has(method));
  operations = await readApi(stack.urls[0]);
  person = await signInAs(stack, { name: "ann", phone: newPhone(), url: stack.urls[0] });
}, 60_000);

afterAll(async () => {
  await stack.stop();
  await database.close();
}, 30_000);

/** Calls a route as a page of our own does, unless `headers` say otherwise; null takes one away. */
async function call({ method, path }: Route, headers: Record<string, string | null> = {}) {
  const url = stack.urls[0] + fittingPath({ method, path });
  const all = { origin: stack.urls[0], cookie: person.cookie, ...headers };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null);
  const body = "content-type" in headers ? null : fittingBody({ method, path });
  if (body !== null) given.push(["content-type", "application/json"]);
  const response = await fetch(url, { method, headers: given, ...(body !== null && { body }) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

function operationOf({ method, path }: Route): Operation | undefined {
  const name = `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`;
  return operations.find((operation) => operation.name === name);
}

/** The path with values in it that fit the description. */
function fittingPath(route: Route): string {
  const parameters = operationOf(route)?.parameters ?? [];
  return route.path.replace("*", "").replaceAll(/:(\w+)/g, (_, wanted: string) => {
    const schema = parameters.find(({ name }) => name === wanted)?.schema;
    return schema === undefined ? crypto.randomUUID() : String(sampleOf(schema));
  });
}

/** A body that fits the description: what is refused then is not refused for its body. */
function fittingBody(route: Route): string | null {
  const schema = operationOf(route)?.body ?? null;
  return schema === null ? null : JSON.stringify(sampleOf(schema));
}

/** For each route what `call` came to, named by the route: failures then say which. */
async function callAll(which: Route[], headers: Record<string, string | null>) {
  const answers = await Promise.all(which.map((route) => call(route, headers)));
  return which.map((route, at) => [`${route.method} ${route.path}`, answers[at] as Answer] as const);
}

type Answer = Awaited<ReturnType<typeof call>>;

function refusedAs(which: Route[], status: number, code: string) {
  return which.map(({ method, path }) => [`${method} ${path}`, status, code]);
}

function outcomes(answers: Awaited<ReturnType<typeof callAll>>) {
  return answers.map(([name, { status, text }]) => [name, status, codeIn(text)]);
}

function codeIn(text: string): string {
  return /"code":"(\w+)"/.exec(text)?.[1] ?? "";
}

test("the walk finds the routes", () => {
  const names = routes.map(({ method, path }) => `${method} ${path}`);
  expect(names).toEqual(
    expect.arrayContaining([...FOR_ANYBODY, "GET /ws", "POST /api/messages", "GET /api/me"]),
  );
  expect(unsafe.length).toBeGreaterThan(3);
});

test("who is not signed in gets nothing but what is for anybody", async () => {
  const real = routes.filter(({ method }) => method !== "OPTIONS");
  const closed = real.filter(({ method, path }) => !FOR_ANYBODY.has(`${method} ${path}`));
  for (const cookie of [null, "parley=", `parley=${"x".repeat(43)}`]) {
    const answers = await callAll(closed, { cookie });
    expect(outcomes(answers)).toEqual(refusedAs(closed, 401, "not_signed_in"));
  }
});

describe("a route that acts", () => {
  test.each([
    ["from another site", { origin: EVIL, "sec-fetch-site": "cross-site" }],
    ["from another site, by a browser without Fetch Metadata", { origin: EVIL }],
    ["from another site that says it is ours", { origin: EVIL, "sec-fetch-site": "same-origin" }],
    ["from a sandboxed frame or a file", { origin: "null" }],
    ["from another port of our host", { origin: "http://127.0.0.1:1" }],
    ["from nowhere", { origin: null }],
    ["from nowhere, typed into the address bar", { origin: null, "sec-fetch-site": "none" }],
    ["from a page that a browser calls foreign", { "sec-fetch-site": "same-site" }],
  ])("refuses a request %s", async (_, headers) => {
    const answers = await callAll(unsafe, headers);
    expect(outcomes(answers)).toEqual(refusedAs(unsafe, 403, "forbidden_origin"));
  });

  test.each(["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])(
    "refuses %s, which a form of another site could send",
    async (type) => {
      const answers = await callAll(unsafe, { "content-type": type });
      expect(outcomes(answers)).toEqual(refusedAs(unsafe, 400, "bad_request"));
    },
  );

  test("lets our own pages through to whatever it does", async () => {
    // Without the cookie: a sign-out would end the session that the other tests use.
    const answers = await callAll(unsafe, { cookie: null, "sec-fetch-site": "same-origin" });
    expect(answers.filter(([, { status }]) => status === 403)).toEqual([]);
  });
});

test("no route is upgraded to a WebSocket for another site, and none but /ws for our own", async () => {
  const gets = routes.filter(({ method }) => method === "GET");
  const upgrade = {
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-key": KEY,
    "sec-websocket-version": "13",
  };
  for (const origin of [EVIL, "null", null]) {
    const answers = await callAll(gets, { ...upgrade, origin });
    expect(outcomes(answers)).toEqual(refusedAs(gets, 403, "forbidden_origin"));
  }
  const others = gets.filter(({ path }) => path !== "/ws");
  const answers = await callAll(others, upgrade);
  expect(answers.filter(([, { status }]) => status === 101)).toEqual([]);
});

test("a route that is safe changes nothing", async () => {
  const db = connect(database.url, { maxConnections: 1 });
  const before = await contentsOf(db);
  await callAll(
    routes.filter(({ method }) => SAFE.has(method)),
    {},
  );
  expect(await contentsOf(db)).toEqual(before);
  expect(before.find(([table]) => table === "users")?.[1]).toBe("1");
  await db.end();
});

test("every answer bears the security headers, whatever it says", async () => {
  const expected = Object.entries(headersFor(null));
  for (const headers of [{}, { cookie: null }, { origin: EVIL }]) {
    // Signing out is left for the test that needs no session afterwards.
    const answers = await callAll(
      routes.filter(({ method }) => method !== "DELETE"),
      headers,
    );
    for (const [name, answer] of answers) {
      const own = expected.map(([header]) => [header, answer.headers.get(header)]);
      expect([name, own]).toEqual([name, expected]);
    }
  }
});

describe("other origins", () => {
  test("hear nothing of CORS, unless the operator named them", async () => {
    const preflight = routes.map(({ path }) => ({ method: "OPTIONS", path }));
    const asking = {
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type",
    };
    for (const origin of [EVIL, "null", `${PARTNER}.evil.example`, "http://partner.example"]) {
      const answers = [
        ...(await callAll(routes, { origin })),
        ...(await callAll(preflight, { origin, ...asking })),
      ];
      const allowed = answers.filter(
        ([, answer]) => answer.headers.get("access-control-allow-origin") !== null,
      );
      expect(allowed.map(([name]) => name)).toEqual([]);
    }
  });

  test("that the operator named may read with the cookie, and are named, never a star", async () => {
    const answer = await call({ method: "GET", path: "/api/me" }, { origin: PARTNER });
    expect(answer.headers.get("access-control-allow-origin")).toBe(PARTNER);
    expect(answer.headers.get("access-control-allow-credentials")).toBe("true");
  });
});

test("the description names every route of the API, and no other", () => {
  const described = operations.map(({ name }) => name.replaceAll(/\{(\w+)\}/g, ":$1"));
  const own = routes
    .filter(({ path }) => /^\/(api|health)\//.test(path))
    .map(({ method, path }) => `${method} ${path}`);
  expect(described.toSorted()).toEqual(own.toSorted());
});

/** Every table with its rows counted and hashed. */
async function contentsOf(db: Sql): Promise<[table: string, rows: string, hash: string][]> {
  const tables = await db<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by tablename`;
  return Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await db.unsafe<{ rows: string; hash: string }[]>(
        `select count(*)::text as rows, coalesce(md5(string_agg(t::text, '|' order by t::text)), '') as hash from "${name}" t`,
      );
      return [name, row?.rows ?? "", row?.hash ?? ""];
    }),
  );
}
