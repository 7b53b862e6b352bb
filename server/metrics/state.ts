/**
 * How things stand, read when somebody asks. A gauge whose reading fails is left out of the answer rather than told old; that
 * it is missing is the sign, and why is told by `parley_dependency_up` and the log of the dependency's adapter.
 */
import { Gauge } from "prom-client";
import type { Registry } from "prom-client";
import { within } from "../within.ts";

/** A reading that takes longer is left out. */
const READ_WITHIN_MS = 2_000;

export interface StateOptions<Name extends string> {
  /** Help by name of the gauge. */
  gauges: Record<Name, string>;
  /** Reads them all; null: there is nothing to tell. */
  read: () => Promise<Record<Name, number | null>>;
}

/** Makes gauges that one reading fills. The returned function reads; it never rejects. */
export function createState<Name extends string>(
  registry: Registry,
  { gauges, read }: StateOptions<Name>,
): () => Promise<void> {
  const made = Object.entries<string>(gauges).map(
    ([name, help]) => [name as Name, new Gauge({ name, help, registers: [registry] })] as const,
  );
  return async function refresh() {
    const values = await within(READ_WITHIN_MS, read()).catch(() => null);
    for (const [name, gauge] of made) {
      const value = values?.[name] ?? null;
      if (value === null) gauge.remove();
      else gauge.set(value);
    }
  };
}

/** A gauge whose value is at hand. */
export function createGauge(
  registry: Registry,
  { name, help, read }: { name: string; help: string; read: () => number },
): void {
  registry.registerMetric(
    new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read());
      },
    }),
  );
}
