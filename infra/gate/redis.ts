import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { type Launched, startDaemon } from "./daemon.ts";
import { Missing } from "./missing.ts";
import { freePort } from "./ports.ts";

/**
 * Debian's redis-tools: it holds the server's binary too (`redis-server` of the package of that name is a link to
 * `redis-check-rdb`, and the name it is called by decides), but no service that would be started by installing it.
 */
export const REDIS_PACKAGES = ["redis-tools"];

/** The program that is a Redis server when called `redis-server`; null when there is none. */
export function redisProgram(): string | null {
  return Bun.which("redis-server") ?? Bun.which("valkey-server") ?? Bun.which("redis-check-rdb");
}

/** Starts Redis, and returns where it is. */
export async function startRedis(cleanup: Cleanup): Promise<string> {
  return (await launchRedis(cleanup)).url;
}

/** Starts Redis, without persistence, on a loopback port. */
export async function launchRedis(cleanup: Cleanup): Promise<Launched> {
  const program = redisProgram();
  if (program === null) {
    throw new Missing(
      "There is no Redis: install it (Debian: apt-get install redis-server; macOS: brew install redis), run a Docker " +
        "engine, or name a server in TEST_REDIS_URL.",
    );
  }
  const folder = join(cleanup.folder, "redis");
  await mkdir(folder);
  const port = await freePort();
  const settings = [
    `port ${port}`,
    "bind 127.0.0.1",
    `dir ${folder}`,
    'save ""',
    "appendonly no",
    "databases 128",
  ];
  const settingsFile = join(folder, "redis.conf");
  await Bun.write(settingsFile, settings.map((line) => `${line}\n`).join(""));
  const daemon = await startDaemon(cleanup, {
    name: "redis",
    command: [program, settingsFile],
    argv0: "redis-server",
    ready: /Ready to accept connections/i,
    signal: "SIGKILL",
  });
  return { url: `redis://127.0.0.1:${port}`, daemon };
}
