/**
 * The writer: group commit. Changes that arrive while a transaction is in flight wait in one queue and join the next, so
 * throughput grows with load while a send to an idle system pays no wait. One transaction at a time in one instance: changes are
 * stored in the order they came in, and so the changes of one connection never pass one another.
 *
 * An outcome is given only after the commit. When the database cannot be reached, nothing is known to be stored, so a send
 * is refused as `unavailable`; the client keeps it and tries again under the same cid, which is harmless if it was stored.
 */
import postgres from "postgres";
import type { Sql, TransactionSql } from "postgres";
import type { Logger } from "pino";
import type { UserId } from "#protocol/ids.ts";
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";
import type { Clock } from "../clock.ts";
import type { Appended } from "../inbox/append.ts";
import { storeRows, storeRowsIf } from "../inbox/append.ts";
import { selectGrowing } from "../inbox/queries.ts";
import { refused } from "./change.ts";
import type { Change, Outcome } from "./change.ts";
import { decide } from "./decide.ts";
import { createDoubt } from "./doubt.ts";
import type { Facts } from "./facts.ts";
import { createMemory } from "./memory.ts";
import { readFacts, retainedSince, writesOf } from "./queries.ts";
import type { Recalled } from "./recall.ts";

/**
 * Changes in one transaction at most, and characters of text: what one commit appends to one inbox is one record on the bus,
 * which takes 10 MiB. Batches are as large as the load makes them; the largest hold their locks for some 50 ms.
 */
const BATCH_MAX = 2_048;
const BATCH_MAX_CHARS = 1_000_000;
/** Changes that may wait. One more is refused: the database does not keep up. */
const QUEUE_MAX = 20_000;
const RETRY_AFTER_MS = 1_000;
/**
 * Changes of a batch that is worth reading what was missed. The more are in it, the more rows that is, and the less each of them pays
 * for the long way.
 */
const CATCH_UP_MAX = 32;
/**
 * Marks wait so long for a send to share its transaction. Each message is followed by a mark from whoever gets it, and a
 * transaction of its own for that would double what a message costs; in a tick nobody sees the difference.
 */
const MARKS_WAIT_MS = 20;

export interface Writer {
  /** Stores the change; the outcome comes after the commit. Never rejects. */
  write(change: Change): Promise<Outcome>;
  /** Changes waiting: a measure of load. */
  depth(): number;
  /** Hears what another instance appended to this user's inbox: frames, one a line. Whatever it misses is read. */
  heard(user: UserId, frames: string): void;
  /** Resolves when everything that waits has got its outcome. */
  settled(): Promise<void>;
}

export interface WriterDeps {
  db: Sql;
  clock: Clock;
  log: Logger;
  /** Id of this instance, as the origin of bus records. */
  instance: string;
  /** Told after each commit that appended, in the turn that gives its outcomes and before them: fan out, then publish. */
  committed: (appended: Appended, batch: Committed) => void;
}

export interface Committed {
  changes: number;
  /** It was decided on what the batches before left known: nothing had to be read. */
  known: boolean;
}

interface Waiting {
  change: Change;
  settle: (outcome: Outcome) => void;
}

interface Stored {
  outcomes: Outcome[];
  appended: Appended;
  /** As the batch left them. */
  facts: Facts;
  known: boolean;
}

export function createWriter({ db, clock, log, instance, committed }: WriterDeps): Writer {
  const queue: Waiting[] = [];
  const memory = createMemory();
  const doubt = createDoubt();
  /** Of those that wait, how many are no marks. */
  let urgent = 0;
  let running: Promise<void> | null = null;
  let marksTimer: ReturnType<typeof setTimeout> | null = null;

  function write(change: Change): Promise<Outcome> {
    if (queue.length >= QUEUE_MAX) return Promise.resolve(refused("unavailable", RETRY_AFTER_MS));
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    queue.push({ change, settle: resolve });
    if (isUrgent(change)) {
      urgent += 1;
      start();
    } else if (running === null) startSoon();
    return promise;
  }

  function start(): void {
    if (marksTimer !== null) clearTimeout(marksTimer);
    marksTimer = null;
    running ??= run();
  }

  function startSoon(): void {
    if (queue.length > 0) marksTimer ??= setTimeout(start, MARKS_WAIT_MS);
  }

  async function run(): Promise<void> {
    // Let everything that arrived in this turn of the event loop join the first batch.
    await Promise.resolve();
    do await commit(takeBatch());
    while (urgent > 0);
    running = null;
    startSoon();
  }

  /** As many from the front as may go together, one at least. */
  function takeBatch(): Waiting[] {
    let [count, chars, batchUrgent] = [0, 0, 0];
    for (const { change } of queue) {
      chars += charsOf(change);
      if (count === BATCH_MAX || (count > 0 && chars > BATCH_MAX_CHARS)) break;
      if (isUrgent(change)) batchUrgent += 1;
      count += 1;
    }
    urgent -= batchUrgent;
    return queue.splice(0, count);
  }

  async function commit(batch: Waiting[]): Promise<void> {
    try {
      const changes = batch.map((waiting) => waiting.change);
      const { outcomes, appended, known } = await store(changes);
      if (appended.rows.length > 0) committed(appended, { changes: changes.length, known });
      for (const [index, waiting] of batch.entries()) {
        waiting.settle(outcomes[index] ?? refused("unavailable", RETRY_AFTER_MS));
      }
    } catch (error) {
      // A statement that Postgres refused was one change's fault: without it, the others go through. It is looked for by halves.
      if (error instanceof postgres.PostgresError && batch.length > 1) {
        const middle = Math.floor(batch.length / 2);
        await commit(batch.slice(0, middle));
        return await commit(batch.slice(middle));
      }
      log.error({ err: error, changes: batch.length }, "storing a batch of changes failed");
      for (const waiting of batch) waiting.settle(refused("unavailable", RETRY_AFTER_MS));
    }
  }

  async function store(changes: Change[]): Promise<Stored> {
    const recalled = doubt.isOver() ? memory.recall(changes, clock()) : null;
    const known = recalled && ((await storeKnown(changes, recalled)) ?? (await catchUp(changes, recalled)));
    if (recalled !== null) doubt.heard(known !== null);
    const stored = known ?? ((await db.begin((tx) => readAndStore(tx, changes))) as Stored);
    memory.learn(stored.facts, stored.appended.rows);
    return stored;
  }

  /** One statement, where the memory knows all that the batch is about. Null when it was out of date: nothing is stored then. */
  async function storeKnown(changes: Change[], { facts, was }: Recalled): Promise<Stored | null> {
    const at = clock();
    const { outcomes, ...decision } = decide(changes, facts, at);
    const appended = await storeRowsIf(db, decision.rows, {
      was,
      heads: facts.heads,
      at,
      origin: instance,
      alongside: (holds) => writesOf(db, decision, { facts, at, holds }),
    });
    return appended && { outcomes, appended, facts, known: true };
  }

  /** Others have appended what the bus has not told yet: takes it in without a lock, and asks once more. */
  async function catchUp(changes: Change[], { was }: Recalled): Promise<Stored | null> {
    if (changes.length > CATCH_UP_MAX) return null;
    const since = retainedSince(clock());
    memory.catchUp(await selectGrowing(db, memory.headsOf(was.keys()), { since }));
    const recalled = memory.recall(changes, clock());
    return recalled && storeKnown(changes, recalled);
  }

  /** Locks, reads, decides and writes, in the caller's transaction. */
  async function readAndStore(tx: TransactionSql, changes: Change[]): Promise<Stored> {
    const after = changes.length > CATCH_UP_MAX ? () => new Map() : memory.headsOf;
    const { facts, grown } = await readFacts(tx, changes, { now: clock(), after });
    memory.catchUp(grown);
    memory.meet(facts.heads);
    const at = clock();
    const { outcomes, ...decision } = decide(changes, facts, at);
    const appended = await storeRows(tx, decision.rows, {
      heads: facts.heads,
      at,
      origin: instance,
      alongside: (holds) => writesOf(tx, decision, { facts, at, holds }),
    });
    return { outcomes, appended, facts, known: false };
  }

  async function settled(): Promise<void> {
    while (queue.length > 0 || running !== null) {
      start();
      await running;
    }
  }

  return { write, depth: () => queue.length, heard: memory.follow, settled };
}

function isUrgent({ kind }: Change): boolean {
  return kind === "send" || kind === "revise";
}

/** A revision tells the message anew, whatever it changes of it. */
function charsOf(change: Change): number {
  if (change.kind === "send") return change.text.length;
  return change.kind === "revise" ? TEXT_MAX_CHARS : 0;
}
