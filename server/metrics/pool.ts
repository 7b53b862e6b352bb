/** How long whoever wants a connection of the pool to Postgres waits for one, tried out by wanting one. */
import { Histogram } from "prom-client";
import type { Sql } from "postgres";
import type { Metrics } from "./metrics.ts";

const TRY_EVERY_MS = 1_000;
const WAIT_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const SECOND_MS = 1_000;

export function watchPool({ registry, stopBy }: Metrics, pool: Pick<Sql, "reserve">): void {
  const waits = new Histogram({
    name: "parley_pool_wait_seconds",
    help: "Wait for a free connection of the pool to Postgres, tried once a second",
    buckets: WAIT_BUCKETS_SECONDS,
    registers: [registry],
  });
  let waiting = false;

  async function tryOut(): Promise<void> {
    // Who still waits will tell how long.
    if (waiting) return;
    waiting = true;
    const sinceMs = performance.now();
    try {
      const connection = await pool.reserve();
      connection.release();
      waits.observe((performance.now() - sinceMs) / SECOND_MS);
    } catch {
      // There was no connection to be had at all: that is told by `parley_dependency_up`.
    } finally {
      waiting = false;
    }
  }

  const timer = setInterval(() => void tryOut(), TRY_EVERY_MS);
  timer.unref();
  stopBy(() => clearInterval(timer));
}
