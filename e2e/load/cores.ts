/**
 * Who runs on which core. The clients get the last one to themselves; the servers that are measured get the first, and with
 * only two cores Postgres shares it with them: what is read is what one core does that decides and stores. Redis and Kafka, which
 * nobody waits for before an ack, run where there is room, as on machines of their own. Two servers stand for two machines: then
 * Postgres may use the clients' core too, lest three programs in line for one core be all that is measured.
 */
import { cpus } from "node:os";

/** Core lists as taskset takes them; null: wherever the system likes. */
export interface Layout {
  server: string | null;
  database: string | null;
  /** Redis and Kafka. */
  services: string | null;
  clients: string | null;
}

export function layoutFor(cores: number, { servers }: { servers: number }): Layout {
  if (cores < 2) return { server: null, database: null, services: null, clients: null };
  const clients = String(cores - 1);
  if (cores === 2) return { server: "0", database: servers > 1 ? "0-1" : "0", services: "0-1", clients };
  const between = cores > 3 ? `1-${cores - 2}` : "1";
  return { server: "0", database: between, services: between, clients };
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
