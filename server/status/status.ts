/** `status`: how one running instance is, for a person in a terminal. */
import { parseArgs } from "node:util";
import type { Readiness } from "../health/routes.ts";
import { readSamples, sumOf } from "./exposition.ts";
import type { Sample } from "./exposition.ts";
import { ageText, table } from "./words.ts";

export const STATUS_USAGE = `Usage: bun run status [URL] [--metrics URL]

  URL            where the instance is, like http://10.0.0.5:3000; default: this machine, PORT
  --metrics URL  where its metrics are, like http://10.0.0.5:9464/metrics; default: METRICS_PORT beside it
`;

/** An instance that has not answered by then counts as away. */
const ANSWER_WITHIN_MS = 5_000;

export interface Asked {
  /** Base of the HTTP door. */
  url: string;
  /** Where the metrics are; null: nowhere. */
  metricsUrl: string | null;
}

export interface Status {
  text: string;
  /** False when the instance, or something it depends on, is down. */
  well: boolean;
}

/** Where to ask, from the command line; what it does not say is as `here` has it. Throws on options it does not know. */
export function readStatusArguments(
  args: string[],
  here: { url: string; metricsPort: number | null },
): Asked {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { metrics: { type: "string" } },
  });
  const url = new URL(positionals[0] ?? here.url).origin;
  if (values.metrics !== undefined) return { url, metricsUrl: values.metrics };
  if (here.metricsPort === null || here.metricsPort === 0) return { url, metricsUrl: null };
  const beside = new URL("/metrics", url);
  // Behind a proxy with a certificate is no port of metrics: an instance speaks plain HTTP.
  beside.protocol = "http:";
  beside.port = String(here.metricsPort);
  return { url, metricsUrl: beside.href };
}

/** Asks the instance. Never rejects: no answer is a status too. */
export async function readStatus({ url, metricsUrl }: Asked): Promise<Status> {
  const [readiness, samples] = await Promise.all([
    askFor(`${url}/health/ready`, async (answer) => (await answer.json()) as Readiness),
    metricsUrl === null
      ? null
      : askFor(metricsUrl, async (answer) => {
          if (!answer.ok) throw new Error(`it answered ${answer.status}`);
          return readSamples(await answer.text());
        }),
  ]);
  if (readiness instanceof Error) {
    return { text: `${url} does not answer: ${readiness.message}`, well: false };
  }
  const dependencies = Object.entries(readiness.dependencies);
  const rows: [string, string, string][] = [
    ["instance", readiness.ready ? "up" : "draining", url],
    ...dependencies.map(([name, state]): [string, string, string] => [
      name,
      state,
      latencyText(readiness.latenciesMs[name]),
    ]),
  ];
  const well = readiness.ready && dependencies.every(([, state]) => state === "up");
  return { text: [table(rows), numbersText(samples, metricsUrl)].join("\n\n"), well };
}

async function askFor<T>(url: string, read: (answer: Response) => Promise<T>): Promise<T | Error> {
  try {
    return await read(await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) }));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function latencyText(latencyMs: number | undefined): string {
  return latencyMs === undefined ? "" : `${latencyMs.toFixed(1)} ms`;
}

function numbersText(samples: Sample[] | Error | null, metricsUrl: string | null): string {
  if (samples === null)
    return "No numbers: METRICS_PORT opens no door for them. Name one with --metrics URL.";
  if (samples instanceof Error) return `No numbers: ${metricsUrl} does not answer: ${samples.message}`;
  const count = (name: string) => String(sumOf(samples, name) ?? "unknown");
  const age = (name: string) => ageText(sumOf(samples, name)) ?? "unknown";
  const waits = sumOf(samples, "parley_outbox_rows") ?? 0;
  return table([
    ["connections", count("parley_connections")],
    ["writer depth", count("parley_writer_depth"), "changes that wait"],
    [
      "outbox",
      count("parley_outbox_rows"),
      waits === 0 ? "" : `oldest ${age("parley_outbox_oldest_age_seconds")}`,
    ],
    ["oldest row", age("parley_oldest_row_age_seconds")],
    ["last purge", age("parley_last_purge_age_seconds")],
  ]);
}
