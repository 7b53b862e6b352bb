import pino from "pino";
import type { Logger } from "pino";
import { createLog } from "../log.ts";

/** A log that says nothing. */
export const quietLog: Logger = pino({ level: "silent" });

export interface RecordedLog {
  log: Logger;
  /** Everything logged so far, as JSON lines. */
  text(): string;
}

/** The product's own log, kept instead of written, down to the finest level: for tests that ask what it does not say. */
export function recordLog(): RecordedLog {
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  return { log: createLog({ level: "trace", instance: "recorded", to }), text: () => lines.join("") };
}
