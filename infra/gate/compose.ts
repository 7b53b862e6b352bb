/** A compose project of this run's own, from the compose.yaml that people run too; gone with its data when the run ends. */
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { ROOT } from "./paths.ts";
import { run } from "./run.ts";

export interface Project {
  /** `docker compose` with what it needs to find the project: a subcommand is to follow. */
  compose: string[];
  up(services: string[], options?: { build?: boolean }): Promise<void>;
  /** What a file in a service's container says, without the blanks around it. */
  read(service: string, path: string): Promise<string>;
}

export interface ProjectOptions {
  name: string;
  /** Those that compose.yaml names, like its ports; nothing else reaches the containers, no `.env` either. */
  variables: Record<string, string>;
  /** Files that change what compose.yaml says. */
  beside?: string[];
}

export async function openProject(
  cleanup: Cleanup,
  { name, variables, beside = [] }: ProjectOptions,
): Promise<Project> {
  const envFile = join(cleanup.folder, `${name}.env`);
  const lines = Object.entries({ INSTANCE_ENV: envFile, ...variables }).map(
    ([key, value]) => `${key}=${value}`,
  );
  await Bun.write(envFile, lines.join("\n"));
  const files = [join(ROOT, "compose.yaml"), ...beside].flatMap((file) => ["-f", file]);
  const project = ["-p", name, "--env-file", envFile, ...files];
  const compose = ["docker", "compose", ...project];
  cleanup.add({ chore: "run", command: [...compose, "down", "--volumes", "--timeout", "1"], cwd: "/" });
  return {
    compose,
    async up(services, { build = false } = {}) {
      await run([...compose, "up", "--wait", ...(build ? ["--build"] : []), ...services], { cleanup });
    },
    async read(service, path) {
      return (await run([...compose, "exec", "-T", service, "cat", path], { cleanup })).trim();
    },
  };
}
