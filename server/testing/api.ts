/** For tests only: the API as its description says it is: operations, what they take, and what they may answer. */
import type { JsonSchema } from "./json_schema.ts";

const JSON_TYPE = "application/json";

export interface Parameter {
  name: string;
  in: "path" | "query";
  required: boolean;
  schema: JsonSchema;
}

export interface Operation {
  /** Like "POST /api/messages". */
  name: string;
  method: string;
  /** With `{name}` for what varies. */
  path: string;
  parameters: Parameter[];
  /** Schema of the body; null when it takes none. */
  body: JsonSchema | null;
  /** What it may answer, by status; null: nothing. Every other status has the body of `refusal`. */
  answers: ReadonlyMap<string, JsonSchema | null>;
  refusal: JsonSchema;
}

interface Content {
  content?: Record<string, { schema: JsonSchema }>;
}

interface Description {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; requestBody?: Content; responses: Record<string, Content> }>
  >;
  components: { schemas: { Problem: JsonSchema } };
}

/** Reads the description that the server at `url` serves. */
export async function readApi(url: string): Promise<Operation[]> {
  const description = (await (await fetch(`${url}/openapi.json`)).json()) as Description;
  return Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody, responses }]): Operation => {
      const { default: _, ...named } = responses;
      return {
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody === undefined ? null : schemaOf(requestBody),
        answers: new Map(Object.entries(named).map(([status, content]) => [status, schemaOf(content)])),
        refusal: description.components.schemas.Problem,
      };
    }),
  );
}

function schemaOf({ content }: Content): JsonSchema | null {
  return content?.[JSON_TYPE]?.schema ?? null;
}
