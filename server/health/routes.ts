/** Health for whoever runs the server. `live`: the event loop turns. `ready`: new work may come here. */
import { Elysia } from "elysia";
import type { Answer } from "./checks.ts";

export interface HealthDeps {
  /** False once the instance drains. Readiness is this alone: a dependency's outage hits every instance alike. */
  accepts: () => boolean;
  /** How each dependency answers now. Never rejects. */
  dependencies: () => Promise<Record<string, Answer>>;
}

/** Answer of `/health/ready`. */
export interface Readiness {
  ready: boolean;
  dependencies: Record<string, Answer["state"]>;
  latenciesMs: Record<string, number>;
}

export function healthRoutes({ accepts, dependencies }: HealthDeps) {
  return new Elysia({ name: "health", detail: { tags: ["health"] } })
    .get("/health/live", () => ({ live: true }), { detail: { summary: "The event loop turns" } })
    .get(
      "/health/ready",
      async ({ set }): Promise<Readiness> => {
        const answers = Object.entries(await dependencies());
        const ready = accepts();
        set.status = ready ? 200 : 503;
        return {
          ready,
          dependencies: Object.fromEntries(answers.map(([name, { state }]) => [name, state])),
          latenciesMs: Object.fromEntries(answers.map(([name, { latencyMs }]) => [name, latencyMs])),
        };
      },
      { detail: { summary: "New work may come here; how each dependency answers, and how fast" } },
    );
}
