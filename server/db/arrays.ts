type Value = string | number | boolean | null;

/**
 * Array parameters in Postgres' own notation. The client can write arrays too, but it escapes every element, one by one; ids and
 * numbers have nothing to escape, and a batch has thousands of them. Never for text.
 */
export function arrayOf(values: readonly Value[]): string {
  return `{${values.map((value) => value ?? "NULL").join(",")}}`;
}

/** One array parameter for each column that is picked from the rows. Never for text, like `arrayOf`. */
export function columns<Row, Picks extends readonly ((row: Row) => Value)[]>(
  rows: readonly Row[],
  ...picks: Picks
): { [Index in keyof Picks]: string } {
  return picks.map((pick) => arrayOf(rows.map(pick))) as { [Index in keyof Picks]: string };
}
