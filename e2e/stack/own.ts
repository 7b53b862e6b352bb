/**
 * An instance of one scenario's own, which it may stop, start again and give another build, while all others go on. On the full
 * stack it is one more beside the others; elsewhere it is an embedded one with data of its own.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../infra/gate/ports.ts";
import { GENEROUS } from "./limits.ts";
import { type Program, startProgram } from "./program.ts";
import { currentStack, type Stack } from "./stack.ts";

export interface OwnInstance extends AsyncDisposable {
  /** As for other scenarios; this is the only instance that its people talk to. */
  stack: Stack;
  /** Ends it well, as a rollout does. */
  stop(): Promise<void>;
  /** Starts it again at the same address, under an environment that a rollout changed: `APP_DIR` is another build of the app. */
  start(changes?: Record<string, string>): Promise<void>;
}

export async function startOwn(): Promise<OwnInstance> {
  await using undo = new AsyncDisposableStack();
  const port = String(await freePort());
  const origin = `http://localhost:${port}`;
  const around = currentStack();
  const isFull = around.adminEnv["DATABASE_URL"] !== undefined;
  const shared = isFull ? around.adminEnv : await dataOfItsOwn(undo);
  const address = { PORT: port, ...(isFull && { PUBLIC_ORIGIN: origin }) };
  let program: Program | null = null;

  async function stop(): Promise<void> {
    await program?.stop();
    program = null;
  }

  async function start(changes: Record<string, string> = {}): Promise<void> {
    program = await startProgram({
      name: `own-${port}`,
      args: ["server/main.ts", "serve"],
      env: { ...shared, ...address, ...changes },
      readyUrl: `${origin}/health/ready`,
    });
  }

  await start();
  undo.defer(stop);
  const ends = undo.move();
  const mailbox = isFull ? around.mailbox : `${origin}/dev/mail.json`;
  return {
    stack: { origins: [origin], mailbox, adminEnv: shared, push: around.push },
    stop,
    start,
    [Symbol.asyncDispose]: () => ends.disposeAsync(),
  };
}

async function dataOfItsOwn(undo: AsyncDisposableStack): Promise<Record<string, string>> {
  const dataDir = await mkdtemp(join(tmpdir(), "parley-own-"));
  undo.defer(() => rm(dataDir, { recursive: true }));
  return { DATA_DIR: dataDir, DEMO: "false", ...GENEROUS };
}
