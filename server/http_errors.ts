/**
 * The one place where what was thrown becomes an answer. A `Refusal` says its code and its sentence; what the framework
 * refuses gets the fitting code; a dependency out of reach is `unavailable`; anything else is `internal`: the answer says that
 * and no more, the log has the rest.
 */
import { Elysia, t } from "elysia";
import type { Logger } from "pino";
import { PROBLEM_CODES, Refusal } from "./problem.ts";

const SECOND_MS = 1_000;
const SERVER_FAULT = 500;
/** When to come back after an outage: most last as long as a restart. */
const RETRY_AFTER_MS = 2 * SECOND_MS;

/** Error codes of a Postgres or a network that is out of reach for the moment. */
const OUTAGES = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "53300", // too_many_connections
  "57P01", // admin_shutdown
  "57P02", // crash_shutdown
  "57P03", // cannot_connect_now
]);

/** Schema of `Problem`, for the API description. */
export const problemBody = t.Object({
  code: t.Union(PROBLEM_CODES.map((code) => t.Literal(code))),
  message: t.String(),
  retryAfterMs: t.Optional(t.Number()),
});

/** Error hook of the whole app. */
export function httpErrors({ log }: { log: Logger }) {
  return new Elysia({ name: "errors" }).onError({ as: "global" }, ({ code, error, request }) => {
    const refusal = error instanceof Refusal ? error : refusalOf(code, error);
    if (refusal.status >= SERVER_FAULT) {
      const path = URL.parse(request.url)?.pathname;
      log.error({ err: refusal.cause ?? refusal, method: request.method, path }, refusal.message);
    }
    return answerOf(refusal);
  });
}

/** For what fails past the hook above, where the runtime would answer with a page of its own. */
export function lastResort({ log }: { log: Logger }): (error: unknown) => Response {
  return (error) => {
    log.error({ err: error }, "a request failed outside of every route");
    return answerOf(new Refusal("internal"));
  };
}

/** The response to a refused request. */
function answerOf(refusal: Refusal): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (refusal.retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.ceil(refusal.retryAfterMs / SECOND_MS)));
  }
  return Response.json(refusal.toProblem(), { status: refusal.status, headers });
}

/** Elysia names its own errors by `code`. */
function refusalOf(code: unknown, error: unknown): Refusal {
  switch (code) {
    case "VALIDATION":
      return isOfResponse(error)
        ? new Refusal("internal", { detail: "an answer broke its own schema" })
        : new Refusal("bad_request");
    case "PARSE":
    case "INVALID_COOKIE_SIGNATURE":
    case "INVALID_FILE_TYPE":
      return new Refusal("bad_request");
    case "NOT_FOUND":
      return new Refusal("not_found");
    default:
      return isOutage(error)
        ? new Refusal("unavailable", {
            retryAfterMs: RETRY_AFTER_MS,
            detail: "a dependency is out of reach",
            cause: error,
          })
        : new Refusal("internal", { detail: "a request failed", cause: error });
  }
}

/** A response that breaks its schema is our fault, not the client's. */
function isOfResponse(error: unknown): boolean {
  return error instanceof Error && "type" in error && error.type === "response";
}

function isOutage(error: unknown): boolean {
  return error instanceof Error && "code" in error && OUTAGES.has(String(error.code));
}
