import { afterEach, expect, test } from "bun:test";
import type { ConversationId } from "#protocol/ids.ts";
import { borrowTime } from "../testing/time.ts";
import { ApiProblem, createApi } from "./api.ts";
import type { Api } from "./api.ts";
import { systemTime } from "./time.ts";

let server: Bun.Server<undefined> | null = null;

afterEach(async () => {
  await server?.stop(true);
  server = null;
});

/** An api whose server answers every request with `answer`. */
function against(answer: (request: Request) => Response | Promise<Response>): Api {
  server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
  return createApi({
    origin: `http://127.0.0.1:${server.port}`,
    fetch: (url, request) => fetch(url, request),
    time: systemTime,
  });
}

async function problemOf(asked: Promise<unknown>): Promise<ApiProblem> {
  const problem = await asked.catch((error: unknown) => error);
  if (problem instanceof ApiProblem) return problem;
  throw new Error("The request was answered.");
}

test("a refusal carries the server's code, sentence and wait", async () => {
  const api = against(() =>
    Response.json(
      { code: "rate_limited", message: "That was too fast.", retryAfterMs: 900 },
      { status: 429 },
    ),
  );
  const problem = await problemOf(api.askCode({ phone: "+12025550101" }));
  expect(problem).toMatchObject({ code: "rate_limited", message: "That was too fast.", retryAfterMs: 900 });
});

test.each([
  ["a proxy's error page", () => new Response("<h1>Bad Gateway</h1>", { status: 502 })],
  ["a page where an answer should be", () => new Response("<!doctype html>")],
  ["an empty answer, as of a portal", () => new Response(null, { status: 204 })],
  ["JSON of somebody else", () => Response.json({ ok: true })],
  ["a refusal in another form", () => Response.json({ error: "nope" }, { status: 401 })],
])("%s proves nothing about the session", async (_name, answer) => {
  expect((await problemOf(against(answer).me())).code).toBe("unreachable");
});

test("no server at all is a problem like any other", async () => {
  const api = against(() => new Response());
  await server?.stop(true);
  const problem = await problemOf(api.me());
  expect(problem.code).toBe("unreachable");
  expect(problem.cause).toBeInstanceOf(Error);
});

test("an answer that does not begin in time is given up, and so is one that stops in the middle", async () => {
  const time = borrowTime();
  const asked = Promise.withResolvers<void>();
  const never = new Promise<Response>(() => {});
  let answer = (): Response | Promise<Response> => never;
  server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch() {
      asked.resolve();
      return answer();
    },
  });
  const begun = Promise.withResolvers<void>();
  const api = createApi({
    origin: `http://127.0.0.1:${server.port}`,
    time,
    async fetch(url, request) {
      const response = await fetch(url, request);
      begun.resolve();
      return response;
    },
  });
  const silent = problemOf(api.snapshot());
  await asked.promise;
  time.pass(10_000);
  expect((await silent).code).toBe("unreachable");

  answer = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue("{") }));
  const stopping = problemOf(api.snapshot());
  await begun.promise;
  time.pass(30_000);
  expect((await stopping).code).toBe("unreachable");
  expect(time.waiting()).toBe(0);
});

test("requests are JSON and ask for JSON", async () => {
  const seen: unknown[] = [];
  const api = against(async (request) => {
    const { method, url, headers } = request;
    const { pathname, search } = new URL(url);
    seen.push([method, pathname + search, headers.get("content-type"), await request.text()]);
    return method === "DELETE" ? new Response(null, { status: 204 }) : Response.json({}, { status: 201 });
  });
  await api.signIn({ phone: "+12025550101", country: "US", code: "123456" });
  await api.messages("c" as ConversationId, { before: 7, limit: 50 });
  expect(await api.signOut()).toBeUndefined();
  expect(seen).toEqual([
    [
      "POST",
      "/api/auth/session",
      "application/json",
      '{"phone":"+12025550101","country":"US","code":"123456"}',
    ],
    ["GET", "/api/conversations/c/messages?before=7&limit=50", null, ""],
    ["DELETE", "/api/auth/session", null, ""],
  ]);
});
