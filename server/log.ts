/** The log: one JSON line an event, with ids and never with personal content. */
import pino from "pino";
import type { DestinationStream, Logger } from "pino";

/** Fields that must not reach the log even when an error or a request carries them along. */
const REDACTED = ["phone", "email", "code", "text", "token", "to", "address", "cookie", "authorization"];

export interface LogOptions {
  level: string;
  instance: string;
  /** Where lines go; standard error unless told. */
  to?: DestinationStream;
}

export function createLog({ level, instance, to }: LogOptions): Logger {
  return pino(
    {
      level,
      base: { instance },
      serializers: { err: withoutRows },
      redact: { paths: [...REDACTED, ...REDACTED.map((field) => `*.${field}`)], censor: "[redacted]" },
    },
    to ?? pino.destination({ fd: 2, sync: true }),
  );
}

/** kafkajs sets timers into the past, and means at once. */
const HARMLESS = "TimeoutNegativeWarning";

/** Has what the runtime warns of logged as all else is, until disposed: by itself it writes lines that are no JSON. */
export function hearWarnings(log: Logger): Disposable {
  function hear(warning: Error): void {
    log[warning.name === HARMLESS ? "debug" : "warn"]({ err: warning }, "the runtime warned");
  }
  process.removeAllListeners("warning");
  process.on("warning", hear);
  return { [Symbol.dispose]: () => void process.off("warning", hear) };
}

/** What a database says of a failure beside its message: rows, keys and parameters, and so what people wrote. */
const ROWS = ["detail", "where", "query", "parameters", "internal_query"];
/** Postgres: a value does not fit. Its message quotes the value. */
const VALUE_REFUSED = /^22/;

/** An error and its causes as pino writes them, less what a database quotes of what it was given. */
export function withoutRows(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const fields = Object.entries(pino.stdSerializers.err(error)).filter(([name]) => !ROWS.includes(name));
  const unquoted = fields.map(([name, value]) => [
    name,
    typeof value === "string" ? withoutQuotes(value, error) : value,
  ]);
  return Object.fromEntries(unquoted);
}

function withoutQuotes(text: string, error: unknown): string {
  if (!(error instanceof Error)) return text;
  const code = "code" in error ? String(error.code) : "";
  const said = VALUE_REFUSED.test(code)
    ? text.replaceAll(error.message, `a value was refused (${code})`)
    : text;
  return withoutQuotes(said, error.cause);
}
