import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../infra/gate/ports.ts";
import { file, filesIn } from "../leaks/sources.ts";
import { GENEROUS, pushHost } from "./limits.ts";
import { startProgram } from "./program.ts";
import type { RunningStack } from "./stack.ts";

/** One instance with nothing beside it, its data in a folder of its own. */
export async function startEmbedded(): Promise<RunningStack> {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-e2e-"));
  const port = await freePort();
  const push = { name: "127.0.0.1", port: await freePort() };
  const origin = `http://localhost:${port}`;
  const data = { DATA_DIR: dataDir, DEMO: "false" };
  const program = await startProgram({
    name: "embedded",
    args: ["server/main.ts", "serve"],
    env: { ...data, ...GENEROUS, PORT: String(port), PUSH_HOSTS: pushHost(push) },
    readyUrl: `${origin}/health/ready`,
  });
  return {
    origins: [origin],
    mailbox: `${origin}/dev/mail.json`,
    adminEnv: data,
    push,
    // Postgres' own files too: what a row held before it was changed, and the log of all writes.
    places: () => [
      { source: filesIn(dataDir), codesToo: false },
      { source: file(program.logFile), codesToo: true },
    ],
    async stop() {
      await program.stop();
      await rm(dataDir, { recursive: true });
    },
  };
}
