/** The log: one JSON line an event, with ids and never with personal content. */
import pino from "pino";
import type { Logger } from "pino";

/** Fields that must not reach the log even when an error or a request carries them along. */
const REDACTED = ["phone", "email", "code", "text", "token", "to", "address", "cookie", "authorization"];

export function createLog({ level, instance }: { level: string; instance: string }): Logger {
  return pino(
    {
      level,
      base: { instance },
      redact: { paths: [...REDACTED, ...REDACTED.map((field) => `*.${field}`)], censor: "[redacted]" },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
