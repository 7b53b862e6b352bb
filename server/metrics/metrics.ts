/**
 * What an instance measures of itself, for Prometheus. One object that is handed to whoever counts: there is no global
 * registry, so that two instances in one process do not count together. No label carries an id: every label's values are a
 * closed list. Counting happens at the wiring (`server/parts.ts`), around what does the work, not in it.
 */
import { Registry } from "prom-client";
import { createDelivery } from "./delivery.ts";
import { createEntrance } from "./entrance.ts";
import { createPushes } from "./pushes.ts";
import { measureProcess } from "./process.ts";
import { createTraffic } from "./traffic.ts";

export type Metrics = ReturnType<typeof createMetrics>;

export function createMetrics() {
  const registry = new Registry();
  const refreshes: (() => Promise<void>)[] = [];
  const stops: (() => void)[] = [measureProcess(registry).stop];
  let refreshing: Promise<unknown> | null = null;

  /** Scrapers that come at the same time share one reading. */
  function refresh(): Promise<unknown> {
    refreshing ??= Promise.all(refreshes.map((each) => each())).finally(() => (refreshing = null));
    return refreshing;
  }

  return {
    registry,
    traffic: createTraffic(registry),
    delivery: createDelivery(registry),
    entrance: createEntrance(registry),
    pushes: createPushes(registry),
    /** Has `refresh` called before each answer. It must not reject. */
    refreshBy: (refresh: () => Promise<void>) => void refreshes.push(refresh),
    /** Has `stop` called at the end. */
    stopBy: (stop: () => void) => void stops.push(stop),
    contentType: registry.contentType,
    /** Everything, in the text format of Prometheus. */
    async text(): Promise<string> {
      await refresh();
      return registry.metrics();
    },
    stop() {
      for (const stop of stops) stop();
    },
  };
}
