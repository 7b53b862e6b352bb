/**
 * What may come in as a body: JSON, and not much of it. Only JSON, because a form of another site can send everything else
 * without asking. A body that hides its length is cut off by the runtime at the same size (`maxRequestBodySize`).
 */
import { Elysia } from "elysia";
import { Refusal } from "./problem.ts";

/** The longest message, escaped at its worst (6 bytes a code unit), and room around it. */
export const HTTP_BODY_MAX_BYTES = 32 * 1024;

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** Refuses unfit bodies before they are read. Global. */
export function bodyCheck() {
  return new Elysia({ name: "body" }).onRequest(({ request }) => checkBody(request));
}

/** Throws `bad_request` for a body that is not JSON, `too_large` for one that announces too many bytes. */
export function checkBody(request: Request): void {
  if (request.method === "GET" || request.method === "HEAD") return;
  const { headers } = request;
  const type = headers.get("content-type");
  const length = Number(headers.get("content-length") ?? 0);
  const hasBody = length > 0 || headers.has("transfer-encoding");
  if (type === null ? hasBody : !JSON_TYPE.test(type)) throw new Refusal("bad_request");
  if (length > HTTP_BODY_MAX_BYTES) throw new Refusal("too_large");
}
