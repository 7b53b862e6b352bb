/** Tables and ages as a person reads them in a terminal. */

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;
/** Up to twice a unit the smaller one is used: 90 minutes tells more than 1 hour. */
const UNITS = [
  [DAY_SECONDS, "days"],
  [HOUR_SECONDS, "hours"],
  [MINUTE_SECONDS, "minutes"],
] as const;
const GAP = "  ";

/** Rows in columns as wide as their widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join("\n");
}

/** How long ago, in the unit that tells most: `3 days ago`. Null stays null: there is nothing to tell. */
export function ageText(seconds: number | null): string | null {
  if (seconds === null) return null;
  for (const [unit, name] of UNITS) {
    if (seconds >= 2 * unit) return `${Math.floor(seconds / unit)} ${name} ago`;
  }
  return seconds < 1 ? "now" : `${Math.floor(seconds)} s ago`;
}
