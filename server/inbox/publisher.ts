/**
 * From the outbox to the bus. The transaction that stored events left word of them in `bus_outbox`; the instance that
 * committed publishes at once, in the order of its commits, and deletes them soon after. Whatever is left there a while later,
 * because the bus was away or the instance crashed, is swept up by any instance. So every committed event reaches the bus
 * at least once; receivers drop repeats by cursor. The outbox holds no copy of the events: it names the rows of the inboxes.
 */
import type { Sql, TransactionSql } from "postgres";
import type { Logger } from "pino";
import type { Cursor, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Bus, BusRecord } from "../bus/bus.ts";
import type { Clock } from "../clock.ts";
import type { Appended } from "./append.ts";
import { busRecordsOf, growthOf } from "./events.ts";
import type { Grown } from "./events.ts";
import { selectGrown } from "./queries.ts";

/** Commits that may wait to be published. Past that they are left to the sweep. */
const QUEUE_MAX = 1_000;
/** What is on the bus is forgotten together, this often: well before a sweep would take it for left. */
const FORGET_EVERY_MS = 250;
/** How often an instance looks for what was left, and how old a row must be to count as left. */
const SWEEP_EVERY_MS = 1_000;
const LEFT_AFTER_MS = 2_000;
const SWEEP_BATCH = 100;
/** Origin of what is swept: no instance's id, so that the sweeper's own connections hear of it too. */
const SWEPT = "outbox";

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
  /** Rows of the outbox whose records are on the bus. */
  const published: number[] = [];
  let running: Promise<void> | null = null;
  let forgetting: ReturnType<typeof setTimeout> | null = null;
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
      try {
        await bus.publish(batch.flatMap((appended) => appended.records));
        published.push(...batch.flatMap(({ outboxId }) => outboxId ?? []));
        forgetting ??= setTimeout(() => void forget(), FORGET_EVERY_MS);
      } catch (error) {
        log.warn({ err: error, batches: batch.length }, "publishing failed; the sweep will repeat it");
      }
    }
  }

  /** Losing this delete would only repeat the records, so its commit need not wait for the disk. */
  async function forget(): Promise<void> {
    if (forgetting !== null) clearTimeout(forgetting);
    forgetting = null;
    const ids = published.splice(0);
    if (ids.length === 0) return;
    try {
      await db`
        with hasty as materialized (select set_config('synchronous_commit', 'off', true))
        delete from bus_outbox using hasty where id = any(${ids}::int8[])`;
    } catch (error) {
      log.warn(
        { err: error, rows: ids.length },
        "forgetting what was published failed; the sweep will repeat it",
      );
    }
  }

  async function sweep({ minAgeMs = LEFT_AFTER_MS } = {}): Promise<number> {
    const swept = await db.begin(async (tx) => {
      const rows = await tx<Left[]>`
        select id, records, grown_users as users, grown_after as after, grown_to as "upTo" from bus_outbox
        where created_at <= ${clock() - minAgeMs}
        order by id limit ${SWEEP_BATCH} for update skip locked`;
      if (rows.length === 0) return 0;
      const records = await Promise.all(rows.map((row) => recordsOf(tx, row)));
      await bus.publish(records.flat());
      await tx`delete from bus_outbox where id = any(${rows.map((row) => row.id)}::int8[])`;
      return rows.length;
    });
    return swept as number;
  }

  /** One by one, as they were left: a record holds what one commit appended to one inbox, and no more. */
  async function recordsOf(tx: TransactionSql, left: Left): Promise<BusRecord[]> {
    const appended = await selectGrown(tx, grownOf(left), { since: clock() - RETENTION_MS });
    return [...busRecordsOf(growthOf(appended), SWEPT), ...(JSON.parse(left.records) as BusRecord[])];
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
      await forget();
    },
  };
}

/** A row of the outbox that somebody left. */
interface Left {
  id: number;
  records: string;
  users: UserId[];
  after: Cursor[];
  upTo: Cursor[];
}

function grownOf({ users, after, upTo }: Left): Grown[] {
  return users.map((user, index) => ({ user, after: after[index] ?? 0, upTo: upTo[index] ?? 0 }));
}
