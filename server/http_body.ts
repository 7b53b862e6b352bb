/**
 * What may come in as a body: JSON, and not much of it. Only JSON, because a form of another site can send everything else
 * without asking. A body that hides its length, or is far too long, is cut off by the runtime (`maxRequestBodySize`), without
 * a word; one that announces a little too much is told so.
 */
import { Elysia } from "elysia";
import { Refusal } from "./problem.ts";

/** The longest message, escaped at its worst (6 bytes a code unit), and room around it. */
export const BODY_MAX_BYTES = 32 * 1024;
/** Where the runtime stops to read. */
export const HTTP_BODY_MAX_BYTES = 2 * BODY_MAX_BYTES;

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
  if (length > BODY_MAX_BYTES) throw new Refusal("too_large");
}
