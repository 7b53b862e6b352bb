/**
 * Who runs on which core. The clients get the last one to themselves; the servers that are measured get the first, and with
 * only two cores the services share it with them, so what is read is what one core of a server machine does. Two servers
 * stand for two machines: then the services may use the clients' core too, where there is room, lest five programs in line for one
 * core be all that is measured.
 */
import { cpus } from "node:os";

export interface Layout {
  /** Core lists as taskset takes them; null: wherever the system likes. */
  server: string | null;
  services: string | null;
  clients: string | null;
}

export function layoutFor(cores: number, { servers }: { servers: number }): Layout {
  if (cores < 2) return { server: null, services: null, clients: null };
  const clients = String(cores - 1);
  const between = cores > 3 ? `1-${cores - 2}` : String(cores - 2);
  const shared = servers > 1 ? "0-1" : "0";
  return { server: "0", services: cores > 2 ? between : shared, clients };
}

export function layoutHere(options: { servers: number }): Layout {
  return layoutFor(Bun.which("taskset") === null ? 1 : cpus().length, options);
}

/** The command line that runs `command` on `cores`. */
export function pinned(command: string[], cores: string | null): string[] {
  return cores === null ? command : ["taskset", "-c", cores, ...command];
}

/** Moves running processes, with all their threads. */
export function pin(pids: readonly number[], cores: string | null): void {
  if (cores === null) return;
  for (const pid of pids) Bun.spawnSync(["taskset", "-a", "-p", "-c", cores, String(pid)]);
}
