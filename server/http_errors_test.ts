import { describe, expect, test } from "bun:test";
import { Elysia, t } from "elysia";
import { httpErrors, lastResort } from "./http_errors.ts";
import { Refusal } from "./problem.ts";
import { recordLog } from "./testing/quiet.ts";

const SECRET = "+12025550101";

/** An app whose routes fail in every way. */
function failing() {
  const recorded = recordLog();
  const app = new Elysia()
    .use(httpErrors({ log: recorded.log }))
    .get("/refusal", () => {
      throw new Refusal("rate_limited", { retryAfterMs: 1_500, detail: "a test" });
    })
    .get("/fault", () => {
      throw Object.assign(new Error("the database said no"), { detail: SECRET, parameters: [SECRET] });
    })
    .get("/thrown-text", () => {
      throw SECRET;
    })
    .get("/outage", () => {
      throw Object.assign(new Error("write CONNECTION_CLOSED"), { code: "CONNECTION_CLOSED" });
    })
    .get("/broken-answer", () => ({ name: 7 as unknown as string }), {
      response: t.Object({ name: t.String() }),
    })
    .post("/body", ({ body }) => body, { body: t.Object({ phone: t.String({ maxLength: 12 }) }) });
  const call = async (path: string, init?: RequestInit) => {
    const response = await app.handle(new Request(`http://parley.test${path}`, init));
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { call, logged: recorded.text };
}

function json(body: string): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json" }, body };
}

describe("what a route throws", () => {
  test("on purpose is answered with its code, its sentence and when to come back", async () => {
    const { call, logged } = failing();
    const { status, headers, text } = await call("/refusal");
    expect(status).toBe(429);
    expect(headers.get("retry-after")).toBe("2");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(JSON.parse(text)).toEqual({
      code: "rate_limited",
      message: expect.stringContaining("too fast"),
      retryAfterMs: 1_500,
    });
    expect(logged()).toBe("");
  });

  test("by accident is answered with nothing but that, and logged without what hangs on it", async () => {
    const { call, logged } = failing();
    const { status, text } = await call("/fault?phone=12025550101");
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({ code: "internal", message: expect.any(String) });
    expect(text).not.toContain("the database said no");
    expect(logged()).toContain("the database said no");
    expect(logged()).toContain('"path":"/fault"');
    expect(logged()).not.toContain(SECRET.slice(1));
  });

  test("may be no error at all: its text is neither answered nor logged", async () => {
    const { call, logged } = failing();
    const { text } = await call("/thrown-text");
    expect(text + logged()).not.toContain(SECRET);
  });

  test("because a dependency is away asks to come back", async () => {
    const { call, logged } = failing();
    const { status, headers, text } = await call("/outage");
    expect(status).toBe(503);
    expect(headers.get("retry-after")).toBe("2");
    expect(JSON.parse(text)).toMatchObject({ code: "unavailable" });
    expect(logged()).toContain("CONNECTION_CLOSED");
  });
});

test("what fails past every hook is answered like any fault, and logged", async () => {
  const { log, text } = recordLog();
  const answer = lastResort({ log })(Object.assign(new Error("no hook saw this"), { detail: SECRET }));
  expect([answer.status, await answer.json()]).toEqual([
    500,
    { code: "internal", message: expect.any(String) },
  ]);
  expect(text()).toContain("no hook saw this");
  expect(text()).not.toContain(SECRET);
});

test("a value that Postgres could not read is not in the log, though it is in the error's message", () => {
  const { log, text } = recordLog();
  const message = `invalid input syntax for type uuid: "${SECRET}"`;
  lastResort({ log })(Object.assign(new Error(message), { name: "PostgresError", code: "22P02" }));
  expect(text()).toContain("22P02");
  expect(text()).not.toContain(SECRET);
});

describe("what the framework refuses", () => {
  test.each([
    ["a body that is no JSON", json("{phone")],
    ["a body with another type in a field", json('{"phone":12}')],
    ["a body without a field", json("{}")],
    ["a body with too long a field", json(JSON.stringify({ phone: `${SECRET}${SECRET}` }))],
  ])("%s is a bad request, and is not echoed", async (_, init) => {
    const { call } = failing();
    const { status, text } = await call("/body", init);
    expect(status).toBe(400);
    expect(JSON.parse(text)).toEqual({ code: "bad_request", message: expect.any(String) });
    expect(text).not.toContain("2025550101");
  });

  test("a path that is not there is not found", async () => {
    const { status, text } = await failing().call("/nothing");
    expect(status).toBe(404);
    expect(JSON.parse(text)).toMatchObject({ code: "not_found" });
  });

  test("an answer that breaks its own schema is our fault, not the client's", async () => {
    const { call, logged } = failing();
    const { status, text } = await call("/broken-answer");
    expect(status).toBe(500);
    expect(JSON.parse(text)).toMatchObject({ code: "internal" });
    expect(logged()).toContain("broke its own schema");
  });
});
