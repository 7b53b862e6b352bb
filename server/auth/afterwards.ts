/**
 * Work that an answer does not wait for: how long it takes, and whether there is any, must not show in the answer's time. It
 * begins once the answer has had its chance to leave.
 */
import type { Logger } from "pino";

export interface Afterwards {
  /** Runs `work` later. A failure is logged as `what` and its kind only: messages of mail servers repeat addresses. */
  run(what: string, work: () => Promise<void>): void;
  /** Resolves when everything that was begun is done. For a graceful stop, and for tests. */
  settled(): Promise<void>;
}

export function createAfterwards({ log }: { log: Logger }): Afterwards {
  const pending = new Set<Promise<void>>();

  async function attempt(what: string, work: () => Promise<void>): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
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
