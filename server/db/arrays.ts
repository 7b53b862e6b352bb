/**
 * Array parameters in Postgres' own notation. The client can write arrays too, but it escapes every element, one by one; ids and
 * numbers have nothing to escape, and a batch has thousands of them. Never for text.
 */
export function arrayOf(values: readonly (string | number | boolean | null)[]): string {
  return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}
