/** What an instance depends on, and how each answers now. */
import type { DependencyAnswer } from "#protocol/admin.ts";
import type { Bus } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
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

/** Anybody may ask how things are, as often as they like: an answer is good for this long. */
const ANSWER_GOOD_MS = 250;

/** `ask`, of which all who ask at about the same time get the same answer. */
export function askedTogether<T>(ask: () => Promise<T>, { clock }: { clock: Clock }): () => Promise<T> {
  let last: { askedAt: number; answer: Promise<T> } | null = null;
  return function askOrShare() {
    if (last === null || clock() - last.askedAt > ANSWER_GOOD_MS) last = { askedAt: clock(), answer: ask() };
    return last.answer;
  };
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
