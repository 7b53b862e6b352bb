/**
 * Work that an answer does not wait for: how long it takes, and whether there is any, must not show in the answer's time. It
 * begins at a moment of chance after the answer has left: right after it, it would show in the time of the next answer.
 */
import type { Logger } from "pino";

export interface Afterwards {
  /** Runs `work` later. A failure is logged as `what` and its kind only: messages of mail servers repeat addresses. */
  run(what: string, work: () => Promise<void>): void;
  /** Resolves when everything that was begun is done. For a graceful stop, and for tests. */
  settled(): Promise<void>;
}

/** Long beside what the work itself takes, short beside what a mail does. */
const DELAY_MAX_MS = 150;

/** `delayMs` draws the moment at which work begins; 0 is as soon as the answer had its chance to leave. */
export function createAfterwards({
  log,
  delayMs = () => Math.random() * DELAY_MAX_MS,
}: {
  log: Logger;
  delayMs?: () => number;
}): Afterwards {
  const pending = new Set<Promise<void>>();

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, delayMs()));
    try {
      await work();
    } catch (error) {
      log.error({ kind: kindOf(error) }, `${what} failed`);
    }
  }

  return {
    run(what, work) {
      const running = attempt(what, work).finally(() => pending.delete(running));
      pending.add(running);
    },
    async settled() {
      while (pending.size > 0) await Promise.all(pending);
    },
  };
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return "code" in error ? `${error.name} ${String(error.code)}` : error.name;
}
