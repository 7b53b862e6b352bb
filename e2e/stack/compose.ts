/** The product as people host it: the image, from compose.yaml, in a project of this run's own. */
import { join } from "node:path";
import { startCleanup } from "../../infra/gate/cleanup.ts";
import { openProject } from "../../infra/gate/compose.ts";
import { freePort } from "../../infra/gate/ports.ts";
import { GENEROUS, pushHost } from "./limits.ts";
import type { RunningStack } from "./stack.ts";

const PUBLISHED = [
  "INSTANCE_1_PORT",
  "INSTANCE_2_PORT",
  "MAILBOX_PORT",
  "POSTGRES_PORT",
  "REDIS_PORT",
  "KAFKA_PORT",
  "HTTP_PORT",
  "HTTPS_PORT",
] as const;

/** With `https`, people come as from outside: through Traefik, which has a certificate and both instances behind it. */
export async function startCompose({ https }: { https: boolean }): Promise<RunningStack> {
  const cleanup = await startCleanup();
  try {
    const ports = new Map<string, number>();
    for (const variable of PUBLISHED) ports.set(variable, await freePort());
    const variables = Object.fromEntries([...ports].map(([name, port]) => [name, String(port)]));
    const push = { name: "push.test", port: await freePort() };
    variables["PUSH_HOSTS"] = pushHost(push);
    const at = (variable: (typeof PUBLISHED)[number], scheme = "http") =>
      `${scheme}://localhost:${ports.get(variable)}`;
    if (https) {
      variables["COMPOSE_PROFILES"] = "tls";
      variables["PUBLIC_ORIGIN"] = at("HTTPS_PORT", "https");
    }
    const project = await openProject(cleanup, {
      name: `parley-e2e-${process.pid}`,
      variables: { ...variables, ...GENEROUS },
      beside: [join(import.meta.dirname, "push.yaml")],
    });
    await project.up([], { build: true });
    return {
      origins: https ? [at("HTTPS_PORT", "https")] : [at("INSTANCE_1_PORT"), at("INSTANCE_2_PORT")],
      mailbox: `${at("MAILBOX_PORT")}/dev/mail.json`,
      adminEnv: {},
      push,
      adminCommand: [...project.compose, "exec", "-T", "instance-1", "/app/parley", "admin"],
      // The same program as in the full stack, whose places are looked through.
      places: () => [],
      stop: () => cleanup.finish(),
    };
  } catch (error) {
    await cleanup.finish();
    throw error;
  }
}
