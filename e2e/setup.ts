import { findLeaks } from "./leaks/leaks.ts";
import { answersFile, openNotes, readSecrets } from "./leaks/notes.ts";
import { file } from "./leaks/sources.ts";
import { openTrap, tellBrowsers, type Trap } from "./leaks/trap.ts";
import { startCompose } from "./stack/compose.ts";
import { startEmbedded } from "./stack/embedded.ts";
import { startFull } from "./stack/full.ts";
import { type RunningStack, tellWorkers } from "./stack/stack.ts";

/**
 * Starts the stack that `STACK` names before all scenarios; what it returns ends it after them, and fails the run when anything
 * of it went to another host, or left somebody's number, address or code in clear.
 */
export default async function setup(): Promise<() => Promise<void>> {
  const stack = process.env["STACK"] ?? "embedded";
  openNotes(stack);
  const trap = await openTrap();
  tellBrowsers(trap);
  const running = await start(stack);
  tellWorkers(running);
  return async () => {
    try {
      const faults = await faultsOf(running, trap);
      if (faults.length > 0) throw new Error(faults.join("\n"));
    } finally {
      await running.stop();
      await trap.close();
    }
  };
}

function start(stack: string): Promise<RunningStack> {
  if (stack === "full") return startFull();
  if (stack === "compose" || stack === "https") return startCompose({ https: stack === "https" });
  return startEmbedded();
}

async function faultsOf(running: RunningStack, trap: Trap): Promise<string[]> {
  const secrets = readSecrets();
  // A run of scenarios without people, as one picks them by name.
  const leaks = secrets.length === 0 ? [] : await findLeaks([answers(), ...running.places()], secrets);
  const hosts = trap.caught();
  return [
    ...leaks.map((leak) => `this run left what is personal in clear: ${leak}`),
    ...(hosts.length === 0 ? [] : [`browsers of this run asked other hosts: ${hosts.join(", ")}`]),
  ];
}

/** What browsers were told when something was refused. */
function answers() {
  return { source: file(answersFile()), codesToo: true };
}
