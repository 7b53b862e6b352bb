/** Health for whoever runs the server. `live`: the event loop turns. `ready`: new work may come here. */
import { Elysia } from "elysia";

export interface Check {
  name: string;
  /** Resolves when the dependency answers. */
  check: () => Promise<void>;
}

export interface HealthDeps {
  /** False once the instance drains. Readiness is this alone: a dependency's outage hits every instance alike. */
  accepts: () => boolean;
  checks: Check[];
}

/** A dependency that has not answered by then counts as away. */
const CHECK_WITHIN_MS = 2_000;

export function healthRoutes({ accepts, checks }: HealthDeps) {
  return new Elysia({ name: "health", detail: { tags: ["health"] } })
    .get("/health/live", () => ({ live: true }), { detail: { summary: "The event loop turns" } })
    .get(
      "/health/ready",
      async ({ set }) => {
        const ready = accepts();
        set.status = ready ? 200 : 503;
        return { ready, dependencies: Object.fromEntries(await Promise.all(checks.map(resultOf))) };
      },
      { detail: { summary: "New work may come here; how each dependency answers" } },
    );
}

async function resultOf({ name, check }: Check): Promise<[string, "up" | "down"]> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error("no answer in time")), CHECK_WITHIN_MS);
  try {
    await Promise.race([check(), late]);
    return [name, "up"];
  } catch {
    // The state is the answer; why it is down is in the adapter's own log.
    return [name, "down"];
  } finally {
    clearTimeout(timer);
  }
}
