import { startEmbedded } from "./stack/embedded.ts";
import { startFull } from "./stack/full.ts";
import { tellWorkers } from "./stack/stack.ts";

/** Starts the stack that `STACK` names before all scenarios; what it returns ends it after them. */
export default async function setup(): Promise<() => Promise<void>> {
  const running = await (process.env["STACK"] === "full" ? startFull() : startEmbedded());
  tellWorkers(running);
  return running.stop;
}
