/** The door of Prometheus: a port of its own, so that no proxy in front of the product leads here. */
import type { Metrics } from "./metrics.ts";

export interface MetricsDoor {
  /** Where the metrics are. */
  url: string;
  close(): Promise<void>;
}

/** Listens. Throws when the port is taken. */
export function openMetricsDoor(
  metrics: Metrics,
  { port, host }: { port: number; host: string },
): MetricsDoor {
  const server = Bun.serve({
    port,
    hostname: host,
    reusePort: false,
    routes: {
      "/metrics": {
        GET: async () =>
          new Response(await metrics.text(), {
            headers: { "content-type": metrics.contentType, "cache-control": "no-store" },
          }),
      },
    },
    fetch: () => new Response("Metrics are at /metrics\n", { status: 404 }),
    error: () => new Response("The metrics could not be read\n", { status: 500 }),
  });
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${server.port}/metrics`,
    close: () => server.stop(true),
  };
}
