/**
 * The only reader of the environment. Every variable is documented in `.env.example`. All problems are reported at once,
 * by name and never by value.
 */
import { join, resolve } from "node:path";
import { RETENTION_MS } from "#protocol/limits.ts";
import { hasWeakPassword, isWeakKey, readSecrets } from "./secrets.ts";
import { readPush } from "./push/config.ts";
import type { PushConfig } from "./push/config.ts";
import { HOME } from "./home.ts";
import { isSchedule } from "./retention/schedule.ts";
import { StartError } from "./start_error.ts";

const PORT_MAX = 65_535;
/** Where an instance in production shows its metrics unless it is told otherwise. */
const METRICS_PORT = 9464;

export interface Config {
  /** `production` refuses embedded adapters unless `ALLOW_EMBEDDED` says otherwise. */
  production: boolean;
  port: number;
  /** Interface to listen on. */
  host: string;
  /** Port of the metrics, on the same interface; 0: any free one; null: no metrics. */
  metricsPort: number | null;
  /** Where people reach this server, scheme and host; null: whatever host the request names (embedded only). */
  publicOrigin: string | null;
  /** Other origins whose pages may call the HTTP door with credentials; empty: CORS is closed. */
  corsOrigins: string[];
  /** Peers whose `X-Forwarded-For` is believed, as addresses or CIDR ranges. */
  trustedProxies: string[];
  /** Folder of everything embedded: Postgres, store, keys. */
  dataDir: string;
  /** Folder of the built app. */
  appDir: string;
  /** Postgres URL; null: embedded. */
  databaseUrl: string | null;
  /** Redis URL; null: embedded store. */
  redisUrl: string | null;
  /** Kafka brokers, host:port; null: in-process bus. */
  kafka: KafkaConfig | null;
  /** SMTP URL; null: embedded catcher. */
  smtpUrl: string | null;
  mailFrom: string;
  /** Keys by id, newest first, 32 bytes each; null: made once in `dataDir` (embedded). */
  keys: SecretKey[] | null;
  push: PushConfig;
  limits: Limits;
  /** When the purge runs in this process, cron in UTC; null: somebody else runs it. */
  purgeSchedule: string | null;
  /** Lowest PWA build that may connect; empty: any. */
  minBuild: string;
  /** Seed two demo people into an empty embedded database. */
  demo: boolean;
  logLevel: string;
}

export interface KafkaConfig {
  brokers: string[];
  topicPrefix: string;
  partitions: number;
  replication: number;
  retentionMs: number;
}

export interface SecretKey {
  id: string;
  bytes: Uint8Array;
}

/** What an operator may widen or narrow; the wire's own limits are constants in `protocol/limits.ts`. */
export interface Limits {
  /** Codes that may be asked for: per number an hour, per IP an hour, in all a minute. */
  codesPerNumberHour: number;
  codesPerIpHour: number;
  codesPerMinute: number;
  /** Sign-in tries per IP an hour. */
  triesPerIpHour: number;
  /** Mails that may leave: to one address an hour, in all an hour. */
  mailsPerAddressHour: number;
  mailsPerHour: number;
  sendBurst: number;
  sendsPerSecond: number;
  /** Requests a second: of one IP, and of one person who is signed in. */
  requestsPerIpSecond: number;
  requestsPerPersonSecond: number;
}

/** Reads and checks everything; throws one error that names every problem. */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const problems: string[] = [];
  const secrets = readSecrets(env, problems);
  const text = (name: string) => secrets.get(name) ?? (env[name]?.trim() || null);
  const list = (name: string) =>
    (text(name) ?? "")
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean);
  const integer = (name: string, fallback: number, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) => {
    const raw = text(name);
    if (raw === null) return fallback;
    const value = Number(raw);
    if (Number.isInteger(value) && value >= min && value <= max) return value;
    problems.push(`${name} must be a whole number from ${min} to ${max}`);
    return fallback;
  };
  const flag = (name: string, fallback: boolean) => {
    const raw = text(name);
    if (raw === null) return fallback;
    if (raw === "true" || raw === "false") return raw === "true";
    problems.push(`${name} must be true or false`);
    return fallback;
  };
  const url = (name: string, schemes: string[]) => {
    const raw = text(name);
    if (raw === null) return null;
    if (URL.canParse(raw) && schemes.includes(new URL(raw).protocol.slice(0, -1))) return raw;
    problems.push(`${name} must be a URL that starts with ${schemes.map((s) => `${s}://`).join(" or ")}`);
    return null;
  };
  const origin = (name: string, raw: string) => {
    if (URL.canParse(raw) && /^https?:$/.test(new URL(raw).protocol) && new URL(raw).origin === raw)
      return raw;
    problems.push(`${name} must be scheme and host only, like https://chat.example.org`);
    return raw;
  };

  const schedule = (name: string, fallback: string) => {
    const raw = text(name) ?? fallback;
    if (raw === "off") return null;
    if (!isSchedule(raw)) problems.push(`${name} must be a cron expression, like 0 3 * * 0, or off`);
    return raw;
  };

  const metricsPort = () => {
    const raw = text("METRICS_PORT") ?? (production ? String(METRICS_PORT) : "off");
    if (raw === "off") return null;
    const port = Number(raw);
    if (Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return port;
    problems.push(`METRICS_PORT must be off, or a whole number from 0 to ${PORT_MAX}`);
    return null;
  };

  const production = text("NODE_ENV") === "production";
  const brokers = list("KAFKA_BROKERS");
  const publicOrigin = text("PUBLIC_ORIGIN");
  const config: Config = {
    production,
    port: integer("PORT", 3000, { max: PORT_MAX }),
    host: text("HOST") ?? (production ? "0.0.0.0" : "localhost"),
    metricsPort: metricsPort(),
    publicOrigin: publicOrigin === null ? null : origin("PUBLIC_ORIGIN", publicOrigin),
    corsOrigins: list("CORS_ORIGINS").map((raw) => origin("CORS_ORIGINS", raw)),
    trustedProxies: list("TRUSTED_PROXIES"),
    dataDir: resolve(text("DATA_DIR") ?? ".data"),
    appDir: resolve(text("APP_DIR") ?? join(HOME, "pwa/dist")),
    databaseUrl: url("DATABASE_URL", ["postgres", "postgresql"]),
    redisUrl: url("REDIS_URL", ["redis", "rediss"]),
    kafka:
      brokers.length === 0
        ? null
        : {
            brokers,
            topicPrefix: text("KAFKA_TOPIC_PREFIX") ?? "parley",
            partitions: integer("KAFKA_PARTITIONS", 12, { min: 1, max: 1_000 }),
            replication: integer("KAFKA_REPLICATION", 1, { min: 1, max: 9 }),
            retentionMs: integer("KAFKA_RETENTION_MS", 6 * 60 * 60 * 1_000, {
              min: 60_000,
              max: RETENTION_MS,
            }),
          },
    smtpUrl: url("SMTP_URL", ["smtp", "smtps"]),
    mailFrom: text("MAIL_FROM") ?? "Parley <parley@localhost>",
    keys: readKeys(text("PARLEY_KEYS"), problems),
    push: readPush({ text, list, problems }),
    limits: {
      codesPerNumberHour: integer("CODES_PER_NUMBER_HOUR", 6, { min: 1 }),
      codesPerIpHour: integer("CODES_PER_IP_HOUR", 30, { min: 1 }),
      codesPerMinute: integer("CODES_PER_MINUTE", 60, { min: 1 }),
      triesPerIpHour: integer("TRIES_PER_IP_HOUR", 60, { min: 1 }),
      mailsPerAddressHour: integer("MAILS_PER_ADDRESS_HOUR", 20, { min: 1 }),
      mailsPerHour: integer("MAILS_PER_HOUR", 4_000, { min: 1 }),
      sendBurst: integer("SEND_BURST", 40, { min: 1 }),
      sendsPerSecond: integer("SENDS_PER_SECOND", 10, { min: 1 }),
      requestsPerIpSecond: integer("REQUESTS_PER_IP_SECOND", 300, { min: 1 }),
      requestsPerPersonSecond: integer("REQUESTS_PER_PERSON_SECOND", 20, { min: 1 }),
    },
    purgeSchedule: schedule("PURGE_SCHEDULE", "0 3 * * 0"),
    minBuild: text("MIN_BUILD") ?? "",
    demo: flag("DEMO", !production),
    logLevel: text("LOG_LEVEL") ?? "info",
  };

  if (production && !flag("ALLOW_EMBEDDED", false)) {
    for (const name of [
      "DATABASE_URL",
      "REDIS_URL",
      "KAFKA_BROKERS",
      "SMTP_URL",
      "PARLEY_KEYS",
      "PUBLIC_ORIGIN",
    ]) {
      if (text(name) === null) problems.push(`${name} must be set in production (or ALLOW_EMBEDDED=true)`);
    }
  }
  for (const [name, address] of [
    ["DATABASE_URL", config.databaseUrl],
    ["REDIS_URL", config.redisUrl],
  ] as const) {
    if (production && address !== null && hasWeakPassword(address)) {
      problems.push(
        `${name} has a weak password: at least 12 characters, please, like \`bun run secrets\` makes`,
      );
    }
  }
  if (config.databaseUrl !== null && config.keys === null) {
    problems.push("PARLEY_KEYS must be set with DATABASE_URL, like k1:<32 bytes in base64>");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** The environment does not add up. The message lists every problem, one a line. */
export class ConfigError extends StartError {
  constructor(problems: string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join("\n")}`,
    );
    this.name = "ConfigError";
  }
}

/** `id:base64,id:base64`, newest first. */
export function readKeys(raw: string | null, problems: string[]): SecretKey[] | null {
  if (raw === null) return null;
  return raw.split(",").map((part) => {
    const [id = "", encoded = ""] = part.trim().split(":", 2);
    const bytes = Buffer.from(encoded, "base64");
    if (!/^[a-z0-9]{1,16}$/.test(id) || bytes.length !== 32) {
      problems.push("PARLEY_KEYS must be id:base64 pairs, ids of a-z and 0-9, 32 bytes each");
    } else if (isWeakKey(bytes)) {
      problems.push(
        `PARLEY_KEYS has a weak key, ${id}: 32 random bytes, please, like \`bun run secrets\` makes`,
      );
    }
    return { id, bytes };
  });
}
