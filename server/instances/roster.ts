/**
 * Which instances run, each by its own word: a lease in the store, said again every few seconds, that dies with its instance. For
 * whoever looks after the server: nothing that people do depends on it.
 */
import type { Logger } from "pino";
import type { InstanceReport } from "#protocol/admin.ts";
import type { Clock } from "../clock.ts";
import type { Store } from "../store/store.ts";

/** How often an instance says how it is, and for how long that holds. */
const SAY_EVERY_MS = 5_000;
const HOLDS_MS = 16_000;
const GROUP = "instances";
const SECOND_MS = 1_000;

export interface RosterDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  /** Id of this instance. */
  instance: string;
  /** Ids of the keys that this instance has, newest first. */
  keys: readonly string[];
  connections: () => number;
  writerDepth: () => number;
  /** Since the start. */
  counts: () => { sends: number; frames: number };
  dependencies: () => Promise<InstanceReport["dependencies"]>;
}

export interface Roster {
  /** Says how this instance is now. */
  say(): Promise<void>;
  start(): void;
  /** Says no more, and takes this instance off the list. */
  stop(): Promise<void>;
}

export function createRoster({ store, clock, log, instance, ...deps }: RosterDeps): Roster {
  const startedAt = clock();
  let last = { at: startedAt, ...deps.counts() };
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  async function say(): Promise<void> {
    const now = { at: clock(), ...deps.counts() };
    const seconds = Math.max(1, (now.at - last.at) / SECOND_MS);
    const perSecond = (count: "sends" | "frames") =>
      Math.round(((now[count] - last[count]) / seconds) * 10) / 10;
    const report: InstanceReport = {
      id: instance,
      startedAt,
      connections: deps.connections(),
      writerDepth: deps.writerDepth(),
      sendsPerSecond: perSecond("sends"),
      framesPerSecond: perSecond("frames"),
      dependencies: await deps.dependencies(),
      keys: [...deps.keys],
    };
    last = now;
    if (!stopped) await store.lease(GROUP, instance, { value: JSON.stringify(report), ttlMs: HOLDS_MS });
  }

  async function sayAgain(): Promise<void> {
    try {
      await say();
    } catch (error) {
      log.debug({ err: error }, "the store did not take how this instance is; it will be said again");
    }
    if (!stopped) timer = setTimeout(sayAgain, SAY_EVERY_MS);
  }

  return {
    say,
    start: () => void sayAgain(),
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      // Being listed a few seconds too long is all that comes of a store that is away.
      await store.lease(GROUP, instance, { value: "{}", ttlMs: 1 }).catch((error: unknown) => {
        log.debug({ err: error }, "this instance stays on the list until its lease ends");
      });
    },
  };
}

/** The instances that said how they are within the last seconds, those that started first before others. */
export async function readRoster(store: Pick<Store, "leases">): Promise<InstanceReport[]> {
  const leases = await store.leases([GROUP]);
  const reports = leases.map(({ value }) => JSON.parse(value) as Partial<InstanceReport>);
  return reports
    .filter((report): report is InstanceReport => report.id !== undefined)
    .toSorted((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}
