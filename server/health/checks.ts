/** What an instance depends on, and how each answers now. */
import type { DependencyAnswer } from "#protocol/admin.ts";
import type { Bus } from "../bus/bus.ts";
import type { Db } from "../db/connect.ts";
import type { Store } from "../store/store.ts";
import { within } from "../within.ts";

export interface Check {
  name: string;
  /** Resolves when the dependency answers. */
  check: () => Promise<void>;
}

/** The latency is until it answered, or until it was given up. */
export type Answer = DependencyAnswer;

/** A dependency that has not answered by then counts as away. Proxies wait for longer: else a silent one would take all instances. */
const CHECK_WITHIN_MS = 1_000;

export function dependencyChecks({ db, store, bus }: { db: Db; store: Store; bus: Bus }): Check[] {
  return [
    { name: "postgres", check: async () => void (await db`select 1`) },
    { name: "store", check: () => store.ping() },
    {
      name: "bus",
      async check() {
        if (!bus.healthy()) throw new Error("the bus is out of reach");
      },
    },
  ];
}

/** Asks all at once. Never rejects: being down is an answer. */
export async function askAll(checks: readonly Check[]): Promise<Record<string, Answer>> {
  return Object.fromEntries(
    await Promise.all(checks.map(async (check) => [check.name, await ask(check)] as const)),
  );
}

async function ask({ check }: Check): Promise<Answer> {
  const startedAtMs = performance.now();
  const state = await within(CHECK_WITHIN_MS, check()).then(
    () => "up" as const,
    // The state is the answer; why it is down is in the adapter's own log.
    () => "down" as const,
  );
  return { state, latencyMs: Math.round((performance.now() - startedAtMs) * 10) / 10 };
}
