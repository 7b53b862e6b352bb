/**
 * From the outbox to the bus. The transaction that stored events left their bus records in `bus_outbox`; the instance that
 * committed publishes them at once and deletes them, in the order of its commits. Whatever is left there a while later,
 * because the bus was away or the instance crashed, is swept up by any instance. So every committed event reaches the bus
 * at least once; receivers drop repeats by cursor.
 */
import type { Sql } from "postgres";
import type { Logger } from "pino";
import type { Bus, BusRecord } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Appended } from "./append.ts";

/** Commits that may wait to be published. Past that they are left to the sweep. */
const QUEUE_MAX = 1_000;
/** How often an instance looks for what was left, and how old a row must be to count as left. */
const SWEEP_EVERY_MS = 1_000;
const LEFT_AFTER_MS = 2_000;
const SWEEP_BATCH = 100;

export interface Publisher {
  /** Publishes what a commit appended. Never rejects: what fails is left to the sweep. */
  publish(appended: Appended): void;
  /** Publishes what others left. `minAgeMs` 0 takes everything. Returns how many rows went out. */
  sweep(options?: { minAgeMs?: number }): Promise<number>;
  start(): void;
  /** Stops sweeping and resolves when what was queued is out. */
  stop(): Promise<void>;
}

export interface PublisherDeps {
  db: Sql;
  bus: Bus;
  clock: Clock;
  log: Logger;
}

/** For processes without a bus: any instance publishes these records at its next sweep. */
export async function leaveForSweep(db: Sql, records: readonly BusRecord[]): Promise<void> {
  const longAgo = 0;
  await db`insert into bus_outbox (created_at, records) values (${longAgo}, ${JSON.stringify(records)})`;
}

export function createPublisher({ db, bus, clock, log }: PublisherDeps): Publisher {
  const queue: Appended[] = [];
  let running: Promise<void> | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  let stopped = false;

  function publish(appended: Appended): void {
    if (appended.outboxId === null || queue.length >= QUEUE_MAX) return;
    queue.push(appended);
    running ??= run().finally(() => (running = null));
  }

  async function run(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.splice(0);
      const ids = batch.map((appended) => appended.outboxId);
      try {
        await bus.publish(batch.flatMap((appended) => appended.records));
        // Losing this delete would only repeat the records, so its commit need not wait for the disk.
        await db.begin((tx) => [
          tx`set local synchronous_commit = off`,
          tx`delete from bus_outbox where id = any(${ids}::int8[])`,
        ]);
      } catch (error) {
        log.warn({ err: error, batches: batch.length }, "publishing failed; the sweep will repeat it");
      }
    }
  }

  async function sweep({ minAgeMs = LEFT_AFTER_MS } = {}): Promise<number> {
    const swept = await db.begin(async (tx) => {
      const rows = await tx<{ id: number; records: string }[]>`
        select id, records from bus_outbox where created_at <= ${clock() - minAgeMs}
        order by id limit ${SWEEP_BATCH} for update skip locked`;
      if (rows.length === 0) return 0;
      await bus.publish(rows.flatMap((row) => JSON.parse(row.records) as BusRecord[]));
      await tx`delete from bus_outbox where id = any(${rows.map((row) => row.id)}::int8[])`;
      return rows.length;
    });
    return swept as number;
  }

  async function sweepAgain(): Promise<void> {
    try {
      while (!stopped && (await sweep()) === SWEEP_BATCH);
    } catch (error) {
      log.warn({ err: error }, "sweeping the outbox failed; it will be tried again");
    }
    if (!stopped) timer = setTimeout(sweepAgain, SWEEP_EVERY_MS);
  }

  return {
    publish,
    sweep,
    start: () => void (timer = setTimeout(sweepAgain, SWEEP_EVERY_MS)),
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      await running;
    },
  };
}
