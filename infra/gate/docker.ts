/** The services of the tests by a Docker engine. */
import type { Cleanup } from "./cleanup.ts";
import { openProject } from "./compose.ts";
import { freePort } from "./ports.ts";
import { succeeds } from "./run.ts";

export type Containable = "postgres" | "redis" | "kafka";

/** True when an engine answers and has the compose plugin: the program alone says nothing. */
export async function haveDocker(): Promise<boolean> {
  return (await succeeds(["docker", "compose", "version"])) && (await succeeds(["docker", "info"]));
}

/** Starts the services on free loopback ports; returns where each is. */
export async function startByDocker(
  cleanup: Cleanup,
  services: Containable[],
): Promise<Record<Containable, string>> {
  const [postgresPort, redisPort, kafkaPort] = [await freePort(), await freePort(), await freePort()];
  const project = await openProject(cleanup, {
    name: `parley-run-${process.pid}`,
    variables: {
      POSTGRES_PORT: String(postgresPort),
      REDIS_PORT: String(redisPort),
      KAFKA_PORT: String(kafkaPort),
    },
  });
  await project.up(services);
  // The containers drew their passwords themselves.
  const passwordOf = async (service: Containable) =>
    services.includes(service) ? await project.read(service, `/run/secrets/${service}/password`) : "";
  return {
    postgres: `postgres://postgres:${await passwordOf("postgres")}@127.0.0.1:${postgresPort}/postgres`,
    redis: `redis://:${await passwordOf("redis")}@127.0.0.1:${redisPort}`,
    kafka: `127.0.0.1:${kafkaPort}`,
  };
}
