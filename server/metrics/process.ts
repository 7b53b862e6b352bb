/** What the process itself takes, and how late its event loop comes round. */
import { Histogram } from "prom-client";
import type { Registry } from "prom-client";
import { createGauge } from "./state.ts";
import { createSum } from "./tally.ts";

/** A timer is set this often; how late it fires is the lag. */
const LOOK_EVERY_MS = 500;
const LAG_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SECOND_MS = 1_000;
const SECOND_MICROS = 1_000_000;

export function measureProcess(registry: Registry): { stop(): void } {
  const lag = new Histogram({
    name: "parley_event_loop_lag_seconds",
    help: "How late a timer fired, seen twice a second",
    buckets: LAG_BUCKETS_SECONDS,
    registers: [registry],
  });
  createGauge(registry, {
    name: "parley_process_resident_memory_bytes",
    help: "Resident memory of the process",
    read: () => process.memoryUsage.rss(),
  });
  createGauge(registry, {
    name: "parley_process_started_at_seconds",
    help: "When the process started, in seconds since 1970",
    read: () => performance.timeOrigin / SECOND_MS,
  });
  createSum(registry, {
    name: "parley_process_cpu_seconds_total",
    help: "Processor time that the process took",
    read() {
      const { user, system } = process.cpuUsage();
      return (user + system) / SECOND_MICROS;
    },
  });

  let expectedAtMs = performance.now() + LOOK_EVERY_MS;
  const timer = setInterval(() => {
    const now = performance.now();
    lag.observe(Math.max(0, now - expectedAtMs) / SECOND_MS);
    expectedAtMs = now + LOOK_EVERY_MS;
  }, LOOK_EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
