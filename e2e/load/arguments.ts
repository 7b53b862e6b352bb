/** What to measure, from the command line. */
import { parseArgs } from "node:util";

export const SCENARIOS = [
  "latency",
  "saturation",
  "growth",
  "notices",
  "pacing",
  "resume",
  "storm",
  "idle",
] as const;
export type ScenarioName = (typeof SCENARIOS)[number];

export interface Plan {
  stack: "embedded" | "full";
  /** Instances of the server, behind one Postgres, Redis and Kafka. */
  instances: number;
  /** Instances that hold nobody: what a message costs those whom it does not concern. */
  bystanders: number;
  scenarios: ScenarioName[];
  /** How long each setting is measured. */
  seconds: number;
  /** People of the largest crowds; fewer than asked for where the machine has not the sockets. */
  crowd: number;
  /** Where the JSON goes besides the report's folder. */
  json: string | null;
  /** Folder of the report: JSON, Markdown, SVG. */
  report: string;
  /** Fewer settings of each scenario. */
  quick: boolean;
  /** Instances write CPU profiles into the report's folder, and are slower for it. */
  profile: boolean;
  help: boolean;
}

export const USAGE = `Usage: bun run load [OPTIONS]

Measures the product with real WebSocket clients, beside two floors: a bare relay, and one that stores each message first.

  --stack embedded|full   one process with everything in it (the default), or real Postgres, Redis and Kafka
  --instances 1|2         how many servers (full only); with 2, the two people of each pair are on different ones
  --bystanders N          so many instances more that hold nobody, to see what it costs to hear of others (full only)
  --scenario A,B,…        some of ${SCENARIOS.join(", ")}; all unless told
  --seconds N             how long each setting is measured; 10 unless told
  --crowd N               people of the largest crowd, for idle and storm; 10000 unless told
  --quick                 one setting of each scenario but pacing, for a second, with small crowds: under a minute
  --report FOLDER         where the report goes; .cache/load unless told
  --json FILE             one more copy of the figures
  --profile               each instance leaves a CPU profile in the report's folder (and is slower for it)
  --help                  this

Services named by TEST_DATABASE_URL, TEST_REDIS_URL and TEST_KAFKA_BROKERS are used; what is missing is started, and ended.`;

/** Pacing is left out: it waits for credits, and for the server to start twice. */
const QUICK = { seconds: 1, crowd: 400, scenarios: SCENARIOS.filter((name) => name !== "pacing") };
const THOROUGH = { seconds: 10, crowd: 10_000, scenarios: SCENARIOS };
const SECONDS_MAX = 300;
const CROWD_MAX = 50_000;

/** Throws a sentence for the person at the terminal. */
export function readArguments(args: string[]): Plan {
  const { values } = parseArgs({
    args,
    strict: true,
    options: {
      stack: { type: "string", default: "embedded" },
      instances: { type: "string", default: "1" },
      bystanders: { type: "string", default: "0" },
      scenario: { type: "string" },
      seconds: { type: "string" },
      crowd: { type: "string" },
      json: { type: "string" },
      report: { type: "string", default: ".cache/load" },
      quick: { type: "boolean", default: false },
      profile: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const fallback = values.quick ? QUICK : THOROUGH;
  const stack = oneOf("--stack", values.stack, ["embedded", "full"] as const);
  const instances = wholeNumber("--instances", values.instances, { min: 1, max: 2 });
  const bystanders = wholeNumber("--bystanders", values.bystanders, { min: 0, max: 4 });
  if (stack === "embedded" && instances > 1) throw new Error("--instances 2 needs --stack full");
  if (stack === "embedded" && bystanders > 0) throw new Error("--bystanders needs --stack full");
  return {
    stack,
    instances,
    bystanders,
    scenarios: (values.scenario?.split(",") ?? [...fallback.scenarios]).map((name) =>
      oneOf("--scenario", name.trim(), SCENARIOS),
    ),
    seconds: wholeNumber("--seconds", values.seconds ?? String(fallback.seconds), {
      min: 1,
      max: SECONDS_MAX,
    }),
    crowd: wholeNumber("--crowd", values.crowd ?? String(fallback.crowd), { min: 2, max: CROWD_MAX }),
    json: values.json ?? null,
    report: values.report,
    quick: values.quick,
    profile: values.profile,
    help: values.help,
  };
}

function oneOf<T extends string>(name: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new Error(`${name} must be one of ${allowed.join(", ")}, not ${value}`);
  return found;
}

function wholeNumber(name: string, text: string, { min, max }: { min: number; max: number }): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new Error(`${name} must be a whole number from ${min} to ${max}, not ${text}`);
}
