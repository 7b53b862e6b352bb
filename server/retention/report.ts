/** What a purge came to, in words for a person in a terminal. */
import type { EpochMs } from "#protocol/ids.ts";
import type { PurgeReport } from "./purge.ts";

const MEBIBYTE = 1024 * 1024;

export function reportText(report: PurgeReport | null, { dryRun }: { dryRun: boolean }): string {
  if (report === null) return "Another purge is running; it does the same.";
  const did = dryRun ? "Would drop" : "Dropped";
  const { dropped, rows, bytes } = report;
  const lines = [
    dropped.length === 0
      ? "No day is past the retention."
      : `${did} ${dropped.length} days' partitions, ${rows} rows, ${(bytes / MEBIBYTE).toFixed(1)} MiB: ${dropped.join(", ")}.`,
  ];
  for (const [table, gone] of Object.entries(report.expired)) {
    if (gone > 0) lines.push(`${did} ${gone} rows of ${table}, whose time was up.`);
  }
  return [...lines, oldestText("row", report.oldestAt)].join("\n");
}

/** When the oldest thing that is left was written, by where it lies. */
export function oldestText(what: string, oldestAt: Record<string, EpochMs | null>): string {
  const width = Math.max(...Object.keys(oldestAt).map((place) => place.length));
  const lines = Object.entries(oldestAt).map(([place, at]) => `  ${place.padEnd(width)}  ${momentText(at)}`);
  return [`Oldest ${what} left:`, ...lines].join("\n");
}

/** Said after the tables: whoever asks where old text may lie thinks of the store too. `proof_test.ts` holds it. */
export const STORE_TEXT = "The store holds nothing that people wrote; what it holds ends by itself.";

function momentText(at: EpochMs | null): string {
  return at === null ? "nothing left" : new Date(at).toISOString();
}
