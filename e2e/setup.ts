import { startCompose } from "./stack/compose.ts";
import { startEmbedded } from "./stack/embedded.ts";
import { startFull } from "./stack/full.ts";
import { type RunningStack, tellWorkers } from "./stack/stack.ts";

/** Starts the stack that `STACK` names before all scenarios; what it returns ends it after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const running = await start(process.env["STACK"]);
  tellWorkers(running);
  return running.stop;
}

function start(stack: string | undefined): Promise<RunningStack> {
  if (stack === "full") return startFull();
  if (stack === "compose" || stack === "https") return startCompose({ https: stack === "https" });
  return startEmbedded();
}
