/** Health for whoever runs the server. `live`: the event loop turns. `ready`: new work may come here. */
import { Elysia, t } from "elysia";
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

const live = t.Object({ live: t.Literal(true) });
const readiness = t.Object({
  ready: t.Boolean(),
  dependencies: t.Record(t.String(), t.Union([t.Literal("up"), t.Literal("down")])),
  latenciesMs: t.Record(t.String(), t.Number()),
});

export function healthRoutes({ accepts, dependencies }: HealthDeps) {
  return new Elysia({ name: "health", detail: { tags: ["health"] } })
    .get("/health/live", () => ({ live: true as const }), {
      response: live,
      detail: { summary: "The event loop turns" },
    })
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
      {
        response: { 200: readiness, 503: readiness },
        detail: { summary: "New work may come here; how each dependency answers, and how fast" },
      },
    );
}
