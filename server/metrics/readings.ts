/** How the instance stands at the moment of a scrape, and how far what it depends on is away. */
import { Gauge } from "prom-client";
import type { EpochMs } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";
import type { Answer } from "../health/checks.ts";
import type { Metrics } from "./metrics.ts";
import { createGauge, createState } from "./state.ts";

const SECOND_MS = 1_000;

export interface ReadingsDeps {
  clock: Clock;
  connections: () => number;
  writerDepth: () => number;
  /** Committed, not yet on the bus. */
  outbox: () => Promise<{ rows: number; oldestAt: EpochMs | null }>;
  lastPurgeAt: () => Promise<EpochMs>;
  oldestRowAt: () => Promise<EpochMs | null>;
  /** Asks every dependency for an answer. Never rejects. */
  dependencies: () => Promise<Record<string, Answer>>;
}

export function addReadings({ registry, refreshBy }: Metrics, deps: ReadingsDeps): void {
  const ageOf = (at: EpochMs | null) => (at === null ? null : Math.max(0, deps.clock() - at) / SECOND_MS);
  createGauge(registry, {
    name: "parley_connections",
    help: "Open connections of this instance",
    read: deps.connections,
  });
  createGauge(registry, {
    name: "parley_writer_depth",
    help: "Changes that wait for the next transaction",
    read: deps.writerDepth,
  });
  refreshBy(
    createState(registry, {
      gauges: {
        parley_outbox_rows: "Commits that are not on the bus yet, of all instances",
        parley_outbox_oldest_age_seconds: "Age of the oldest of them; 0 when there is none",
      },
      async read() {
        const { rows, oldestAt } = await deps.outbox();
        return { parley_outbox_rows: rows, parley_outbox_oldest_age_seconds: ageOf(oldestAt) ?? 0 };
      },
    }),
  );
  refreshBy(
    createState(registry, {
      gauges: {
        parley_last_purge_age_seconds:
          "Time since the last purge; since the schema was made when there never was one",
      },
      read: async () => ({ parley_last_purge_age_seconds: ageOf(await deps.lastPurgeAt()) }),
    }),
  );
  refreshBy(
    createState(registry, {
      gauges: {
        parley_oldest_row_age_seconds: "Age of the oldest message or inbox row; 0 when there is none",
      },
      read: async () => ({ parley_oldest_row_age_seconds: ageOf(await deps.oldestRowAt()) ?? 0 }),
    }),
  );
  refreshBy(dependencyGauges(registry, deps.dependencies));
}

/** The check of Postgres waits for a free connection of the pool like everybody else, so its latency shows pool waits too. */
function dependencyGauges(registry: Metrics["registry"], dependencies: ReadingsDeps["dependencies"]) {
  const up = new Gauge({
    name: "parley_dependency_up",
    help: "1 when the dependency answers, else 0",
    labelNames: ["dependency"],
    registers: [registry],
  });
  const latency = new Gauge({
    name: "parley_dependency_latency_seconds",
    help: "How long the dependency took to answer; of Postgres, the wait for a free connection included",
    labelNames: ["dependency"],
    registers: [registry],
  });
  return async function refresh() {
    for (const [dependency, { state, latencyMs }] of Object.entries(await dependencies())) {
      up.set({ dependency }, state === "up" ? 1 : 0);
      latency.set({ dependency }, latencyMs / SECOND_MS);
    }
  };
}
