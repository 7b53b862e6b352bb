/** What a purge came to, in words for a person in a terminal. */
import type { EpochMs } from "#protocol/ids.ts";
import type { PurgeReport } from "./purge.ts";

const MEBIBYTE = 1024 * 1024;

export function reportText(report: PurgeReport | null, { dryRun }: { dryRun: boolean }): string {
  if (report === null) return "Another purge is running; it does the same.";
  const { dropped, rows, bytes, oldestAt } = report;
  const what =
    dropped.length === 0
      ? "Nothing is past the retention."
      : `${dryRun ? "Would drop" : "Dropped"} ${dropped.length} days' partitions, ${rows} rows, ` +
        `${(bytes / MEBIBYTE).toFixed(1)} MiB: ${dropped.join(", ")}.`;
  const lines = Object.entries(oldestAt).map(([store, at]) => `  ${store.padEnd(9)} ${momentText(at)}`);
  return `${what}\nOldest row left:\n${lines.join("\n")}`;
}

function momentText(at: EpochMs | null): string {
  return at === null ? "nothing left" : new Date(at).toISOString();
}
