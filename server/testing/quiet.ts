import pino from "pino";
import type { Logger } from "pino";

/** A log that says nothing. */
export const quietLog: Logger = pino({ level: "silent" });

export interface RecordedLog {
  log: Logger;
  /** Everything logged so far, as JSON lines. */
  text(): string;
}

/** A log that keeps every line, down to debug, for tests that ask what it does not say. */
export function recordLog(): RecordedLog {
  const lines: string[] = [];
  const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  return { log, text: () => lines.join("") };
}
