/** For tests only: the part of JSON Schema that the API description speaks. Says what is wrong with a value, and makes values. */
import fc from "fast-check";

export interface JsonSchema {
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  patternProperties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  description?: string;
  default?: unknown;
  additionalProperties?: boolean;
  $ref?: string;
}

const KNOWN = new Set(
  [
    ["type", "properties", "required", "patternProperties", "items", "anyOf", "enum", "const", "format"],
    ["pattern", "minLength", "maxLength", "minimum", "maximum", "maxItems", "additionalProperties"],
    ["description", "default"],
  ].flat(),
);
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const ITEMS_MAX = 3;
const TEXT_MAX = 60;

/** Any code point there is, lone surrogates too. */
export const anyCharacter = fc.nat({ max: 0x10_ffff }).map((point) => String.fromCodePoint(point));

/** What is wrong with `value`, a sentence each; nothing when it fits. Fields that the schema does not name are wrong too. */
export function faultsOf(value: unknown, schema: JsonSchema, at = "it"): string[] {
  const unknown = Object.keys(schema).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) return [`${at}: the schema says ${unknown.join(", ")}, which is not understood`];
  if (schema.anyOf !== undefined) {
    const fits = schema.anyOf.some((choice) => faultsOf(value, choice, at).length === 0);
    return fits ? [] : [`${at} is none of the choices`];
  }
  if (Array.isArray(schema.type)) {
    return faultsOf(value, { anyOf: schema.type.map((type) => ({ ...schema, type })) }, at);
  }
  if (schema.enum !== undefined) return schema.enum.includes(value) ? [] : [`${at} is not one of the words`];
  if (schema.const !== undefined) return value === schema.const ? [] : [`${at} is not what it always is`];
  switch (schema.type) {
    case "object":
      return objectFaults(value, schema, at);
    case "array":
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((item, index) => faultsOf(item, schema.items ?? {}, `${at}[${index}]`));
    case "string":
      return stringFaults(value, schema, at);
    case "integer":
    case "number":
      return numberFaults(value, schema, at);
    case "boolean":
      return typeof value === "boolean" ? [] : [`${at} is no boolean`];
    case "null":
      return value === null ? [] : [`${at} is not null`];
    default:
      return [`${at}: the schema has no type`];
  }
}

function objectFaults(value: unknown, schema: JsonSchema, at: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${at} is no object`];
  const missing = (schema.required ?? []).filter((name) => !(name in value));
  const isAnything = schema.properties === undefined && schema.patternProperties === undefined;
  const patterns = Object.entries(schema.patternProperties ?? {});
  return [
    ...missing.map((name) => `${at} has no ${name}`),
    ...Object.entries(value).flatMap(([name, field]) => {
      const own =
        schema.properties?.[name] ?? patterns.find(([pattern]) => new RegExp(pattern).test(name))?.[1];
      if (own === undefined && isAnything) return [];
      return own === undefined ? [`${at} has ${name} besides`] : faultsOf(field, own, `${at}.${name}`);
    }),
  ];
}

function stringFaults(value: unknown, schema: JsonSchema, at: string): string[] {
  if (typeof value !== "string") return [`${at} is no text`];
  const { minLength = 0, maxLength = Infinity, pattern, format } = schema;
  if (value.length < minLength || value.length > maxLength) return [`${at} is too short or too long`];
  if (pattern !== undefined && !new RegExp(pattern).test(value)) return [`${at} does not match ${pattern}`];
  return format === "uuid" && !UUID.test(value) ? [`${at} is no UUID`] : [];
}

function numberFaults(value: unknown, schema: JsonSchema, at: string): string[] {
  if (typeof value !== "number") return [`${at} is no number`];
  if (schema.type === "integer" && !Number.isInteger(value)) return [`${at} is not whole`];
  const { minimum = -Infinity, maximum = Infinity } = schema;
  return value < minimum || value > maximum ? [`${at} is out of its range`] : [];
}

/** Values that fit; where an id is wanted, one of `ids` now and then. */
export function valuesOf(schema: JsonSchema, ids: readonly string[] = []): fc.Arbitrary<unknown> {
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((choice) => valuesOf(choice, ids)));
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  if (Array.isArray(schema.type))
    return fc.oneof(...schema.type.map((type) => valuesOf({ ...schema, type }, ids)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  switch (schema.type) {
    case "object": {
      const fields = Object.entries(schema.properties ?? {}).map(([name, own]) => [name, valuesOf(own, ids)]);
      const model: Record<string, fc.Arbitrary<unknown>> = Object.fromEntries(fields);
      return fc.record(model, { requiredKeys: schema.required ?? [] });
    }
    case "array":
      return fc.array(valuesOf(schema.items ?? {}, ids), {
        maxLength: Math.min(schema.maxItems ?? ITEMS_MAX, ITEMS_MAX),
      });
    case "string":
      return textsOf(schema, ids);
    case "integer":
      return fc.integer({
        min: schema.minimum ?? -(2 ** 31),
        max: Math.min(schema.maximum ?? 2 ** 31, 2 ** 31),
      });
    case "number":
      return fc.double({ noNaN: true, min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9 });
    case "boolean":
      return fc.boolean();
    default:
      return fc.constant(null);
  }
}

function textsOf(
  { pattern, format, minLength = 0, maxLength = TEXT_MAX }: JsonSchema,
  ids: readonly string[],
): fc.Arbitrary<string> {
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern));
  if (format === "uuid") return fc.oneof(fc.uuid(), ...ids.map((id) => fc.constant(id)));
  const most = Math.min(maxLength, Math.max(minLength, TEXT_MAX));
  // A character may be two code units, which is what a schema's limits count.
  return fc.string({ unit: anyCharacter, minLength, maxLength: most }).filter((text) => text.length <= most);
}

/** One value that fits, always the same. */
export function sampleOf(schema: JsonSchema): unknown {
  return fc.sample(valuesOf(schema), { seed: 1, numRuns: 1 })[0];
}
