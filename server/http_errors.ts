/**
 * The one place where what was thrown becomes an answer. A `Refusal` says its code and its sentence; what the framework
 * refuses gets the fitting code; anything else is `internal`: the answer says that and no more, the log has the rest.
 */
import { Elysia, t } from "elysia";
import type { Logger } from "pino";
import { Refusal } from "./problem.ts";

const SECOND_MS = 1_000;
const SERVER_FAULT = 500;

/** Schema of `Problem`, for the API description. */
export const problemBody = t.Object({
  code: t.String(),
  message: t.String(),
  retryAfterMs: t.Optional(t.Number()),
});

/** Error hook of the whole app. */
export function httpErrors({ log }: { log: Logger }) {
  return new Elysia({ name: "errors" }).onError({ as: "global" }, ({ code, error, request }) => {
    const refusal = error instanceof Refusal ? error : refusalOf(code, error);
    if (refusal.status >= SERVER_FAULT) {
      const { pathname } = new URL(request.url);
      log.error({ err: refusal.cause ?? refusal, method: request.method, path: pathname }, refusal.message);
    }
    return answerOf(refusal);
  });
}

/** The response to a refused request. */
export function answerOf(refusal: Refusal): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (refusal.retryAfterMs !== undefined) {
    headers.set("retry-after", String(Math.ceil(refusal.retryAfterMs / SECOND_MS)));
  }
  return Response.json(refusal.toProblem(), { status: refusal.status, headers });
}

/** Elysia names its own errors by `code`. A response that breaks its schema is our fault, not the client's. */
function refusalOf(code: unknown, error: unknown): Refusal {
  const isResponse = error instanceof Error && "type" in error && error.type === "response";
  switch (code) {
    case "VALIDATION":
      if (!isResponse) return new Refusal("bad_request");
      return new Refusal("internal", { detail: "an answer broke its own schema", cause: error });
    case "PARSE":
    case "INVALID_COOKIE_SIGNATURE":
    case "INVALID_FILE_TYPE":
      return new Refusal("bad_request");
    case "NOT_FOUND":
      return new Refusal("not_found");
    default:
      return new Refusal("internal", { detail: "a request failed", cause: error });
  }
}
