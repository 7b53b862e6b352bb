/** What a round leaves behind: JSON for programs, Markdown for people. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CACHE } from "../../infra/gate/paths.ts";
import type { RoundOptions } from "./arguments.ts";
import type { EpisodeReport } from "./episode.ts";
import type { PresenceTimes } from "./presence.ts";
import type { Breach } from "./witness.ts";

export interface Report {
  options: RoundOptions;
  startedAt: string;
  tookSeconds: number;
  faults: number;
  faultsByKind: Record<string, number>;
  /** Stored, as Postgres has them. */
  messages: number;
  acks: number;
  devices: number;
  pages: number;
  episodes: EpisodeReport[];
  /** How long presence and typing took to be right in the end; null with a planted bug. */
  presence: PresenceTimes | null;
  breaches: Breach[];
  notes: Record<string, number>;
}

const FOLDER = join(CACHE, "faults");

export function countKinds(episodes: EpisodeReport[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { kind } of episodes.flatMap(({ happened }) => happened)) counts[kind] = (counts[kind] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).toSorted(([, one], [, other]) => other - one));
}

/** Writes both files and returns the path of the readable one. */
export async function writeReport(report: Report): Promise<string> {
  await mkdir(FOLDER, { recursive: true });
  const name = `seed-${report.options.seed}${report.options.plant === null ? "" : `-${report.options.plant}`}`;
  await Bun.write(join(FOLDER, `${name}.json`), `${JSON.stringify(report, null, 2)}\n`);
  const readable = join(FOLDER, `${name}.md`);
  await Bun.write(readable, markdown(report));
  return readable;
}

export function markdown(report: Report): string {
  const { options, episodes, breaches } = report;
  const rows = Object.entries(report.faultsByKind).map(([kind, count]) => `| ${kind} | ${count} |`);
  return [
    `# Fault round, seed ${options.seed}`,
    "",
    `${report.startedAt}, ${Math.round(report.tookSeconds)} s, ${options.instances} instances, ${options.people} people on`,
    `${report.devices} devices and ${report.pages} pages of a real browser.`,
    "",
    `- messages stored: ${report.messages}, acks heard: ${report.acks}`,
    `- faults: ${report.faults} of ${Object.keys(report.faultsByKind).length} kinds`,
    `- breaches: **${breaches.length}**`,
    `- time to converge, all mended: ${percentiles(episodes, "any")}`,
    `- time to converge, bus still down: ${percentiles(episodes, "bus")}`,
    `- presence and typing: ${presenceText(report.presence)}`,
    "",
    "| fault | times |",
    "| --- | ---: |",
    ...rows,
    "",
    ...(breaches.length > 0 ? ["## Breaches", "", ...breaches.flatMap(breachText), ...schedule(report)] : []),
    ...notes(report),
    "",
  ].join("\n");
}

function presenceText(times: PresenceTimes | null): string {
  if (times === null) return "not looked at";
  const { onlineAfterMs, typingAfterMs, offlineAfterMs } = times;
  return (
    `all seen online after ${onlineAfterMs ?? "never"} ms, typing after ${typingAfterMs ?? "never"} ms, ` +
    `who left seen offline after ${offlineAfterMs ?? "never"} ms`
  );
}

function percentiles(episodes: EpisodeReport[], style: EpisodeReport["style"]): string {
  const times = episodes
    .filter((episode) => episode.style === style)
    .flatMap(({ convergedAfterMs }) => convergedAfterMs ?? []);
  if (times.length === 0) return "not measured";
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(sorted.length * share) - 1] ?? 0;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms (${sorted.length} times)`;
}

function breachText({ rule, detail, histories }: Breach): string[] {
  const lines = [`### ${rule}`, "", detail, ""];
  if (!histories) return lines;
  const { one, other } = histories;
  return [...lines, "```", "server:", ...one, "", "device:", ...other, "```", ""];
}

function schedule({ episodes }: Report): string[] {
  const happened = episodes.flatMap((episode) => episode.happened);
  return [
    "## Schedule",
    "",
    ...happened.map(
      ({ episode, kind, atMs, tookMs }) => `- ${episode}: ${atMs} ms, ${kind}, took ${tookMs} ms`,
    ),
    "",
  ];
}

function notes({ notes }: Report): string[] {
  const entries = Object.entries(notes);
  if (entries.length === 0) return [];
  return ["## Notes", "", ...entries.map(([text, count]) => `- ${count} × ${text}`)];
}
