/** A run's report in its folder: as JSON, as a Markdown page, as a chart. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { chart } from "./chart.ts";
import { markdown } from "./markdown.ts";
import type { Report } from "./markdown.ts";

/** Writes the three files, and one more copy of the JSON if asked for. Returns where the Markdown is. */
export async function writeReport(report: Report, { folder, json }: { folder: string; json: string | null }) {
  await mkdir(folder, { recursive: true });
  const text = `${JSON.stringify(report, null, 2)}\n`;
  await Bun.write(join(folder, "load.json"), text);
  if (json !== null) {
    await mkdir(dirname(json), { recursive: true });
    await Bun.write(json, text);
  }
  await Bun.write(join(folder, "load.svg"), chart(report.figures));
  const path = join(folder, "load.md");
  await Bun.write(path, markdown(report));
  return path;
}
