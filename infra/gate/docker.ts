/** Services by a Docker engine, from the compose.yaml that people run too, under a project name of this run's own. */
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { ROOT } from "./paths.ts";
import { freePort } from "./ports.ts";
import { run, succeeds } from "./run.ts";

export type Containable = "postgres" | "redis" | "kafka";

const PASSWORD = "parley";

/** True when an engine answers and has the compose plugin: the program alone says nothing. */
export async function haveDocker(): Promise<boolean> {
  return (await succeeds(["docker", "compose", "version"])) && (await succeeds(["docker", "info"]));
}

/** Starts the services on free loopback ports; returns where each is. */
export async function startByDocker(
  cleanup: Cleanup,
  services: Containable[],
): Promise<Record<Containable, string>> {
  const project = `parley-run-${process.pid}`;
  const [postgresPort, redisPort, kafkaPort] = [await freePort(), await freePort(), await freePort()];
  const envFile = join(cleanup.folder, "compose.env");
  await Bun.write(
    envFile,
    [
      `POSTGRES_PORT=${postgresPort}`,
      `POSTGRES_PASSWORD=${PASSWORD}`,
      `REDIS_PORT=${redisPort}`,
      `KAFKA_PORT=${kafkaPort}`,
    ].join("\n"),
  );
  const compose = [
    "docker",
    "compose",
    "-p",
    project,
    "--env-file",
    envFile,
    "-f",
    join(ROOT, "compose.yaml"),
  ];
  cleanup.add({ chore: "run", command: [...compose, "down", "--volumes", "--timeout", "1"], cwd: "/" });
  await run([...compose, "up", "--wait", ...services], { cleanup });
  return {
    postgres: `postgres://postgres:${PASSWORD}@127.0.0.1:${postgresPort}/postgres`,
    redis: `redis://127.0.0.1:${redisPort}`,
    kafka: `127.0.0.1:${kafkaPort}`,
  };
}
