/**
 * The HTTP door as an OpenAPI document, read off the routes themselves. The package describes what the framework could take;
 * here it is brought down to what this server does: JSON and nothing else, numbers that are numbers, and one form of refusal.
 */
import { toOpenAPISchema } from "@elysiajs/openapi";
import { Elysia } from "elysia";
import type { AnyElysia } from "elysia";
import { problemBody } from "./http_errors.ts";

const OPENAPI = "3.1.2";
const INFO = {
  title: "Parley",
  version: "1",
  description: "The HTTP door of Parley. Live traffic uses /ws.",
};
const JSON_TYPE = "application/json";
const REFUSED = {
  description: "Refused",
  content: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
};

/** Serves the description of `app`, also of routes that come after this one. */
export function apiDescription(app: AnyElysia) {
  let document: string | null = null;
  function answer(): Response {
    document ??= JSON.stringify(describe(app));
    return new Response(document, { headers: { "content-type": JSON_TYPE } });
  }
  return new Elysia({ name: "description" }).get("/openapi.json", answer, { detail: { hide: true } });
}

function describe(app: AnyElysia): object {
  const { paths } = toOpenAPISchema(app);
  for (const operation of Object.values(paths).flatMap((path) => Object.values(path ?? {}))) {
    if (typeof operation !== "object" || !("operationId" in operation)) continue;
    const { requestBody } = operation;
    const responses = (operation.responses ??= {});
    if (requestBody !== undefined && "content" in requestBody) keepJson(requestBody);
    for (const response of Object.values(responses)) if ("content" in response) keepJson(response);
    responses["default"] = REFUSED;
  }
  return plain({
    openapi: OPENAPI,
    info: INFO,
    paths,
    components: { schemas: { Problem: problemBody } },
  }) as object;
}

/** Takes away the forms that this server refuses, and the content of what has none. */
function keepJson(described: { content?: Record<string, object> }): void {
  const json = described.content?.[JSON_TYPE];
  if (json === undefined) delete described.content;
  else described.content = { [JSON_TYPE]: json };
}

/** Says the schemas as a person would: a list of words, a number. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain);
  if (typeof node !== "object" || node === null) return node;
  if ("anyOf" in node && Array.isArray(node.anyOf)) return plainChoice(node.anyOf);
  const fields = Object.entries(node).filter(([name]) => name !== "nullable");
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(withNull(name, value, node))]));
}

/** What may be null says so by its type; a list of words then has to have it too. */
function withNull(name: string, value: unknown, node: { type?: unknown }): unknown {
  const mayBeNull = Array.isArray(node.type) && node.type.includes("null");
  return name === "enum" && mayBeNull && Array.isArray(value) ? [...value, null] : value;
}

function plainChoice(choices: { const?: unknown; format?: string; type?: string }[]): unknown {
  if (choices.every((choice) => choice.const !== undefined)) {
    return { type: choices[0]?.type, enum: choices.map((choice) => choice.const) };
  }
  // A number that the framework would read from text too, as it stands in addresses, is described as both.
  const [text, number, ...more] = choices;
  if (more.length === 0 && text?.type === "string" && text.format === number?.type) return plain(number);
  return { anyOf: choices.map(plain) };
}
