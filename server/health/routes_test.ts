import { expect, test } from "bun:test";
import { healthRoutes } from "./routes.ts";

const dependencies = () => Promise.resolve({ postgres: { state: "down" as const, latencyMs: 2 } });

function ask(accepts: boolean): Promise<Response> {
  return healthRoutes({ accepts: () => accepts, dependencies }).handle(
    new Request("http://localhost/health/ready"),
  );
}

test("an instance that drains is not ready, and lives on", async () => {
  const ready = await ask(false);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toEqual({
    ready: false,
    dependencies: { postgres: "down" },
    latenciesMs: { postgres: 2 },
  });
});

test("an outage of what all instances need makes none of them unready", async () => {
  expect((await ask(true)).status).toBe(200);
});
