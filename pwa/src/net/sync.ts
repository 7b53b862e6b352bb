/**
 * Keeps this device level with the person's inbox. Events are written durably, many in one transaction with the cursor
 * of the last, before `message.received` is said and before the screen hears of them; a crash in between costs nothing,
 * because the next `hello` starts from what is on disk. A hole heals by itself: what is missing after a short wait is
 * asked for again on the same connection, and when that does not help, a snapshot replaces the asking.
 */
import type { Ack, Command, Hello, InboxEvent, Resync, ServerFrame, Welcome } from "#protocol/frames.ts";
import type { Snapshot } from "#protocol/http.ts";
import type { Cursor, Epoch, UserId } from "#protocol/ids.ts";
import type { Revised } from "#protocol/messages.ts";
import { applyAck, applyEvents, applyRevised, applySnapshot, OtherEpoch } from "../db/apply.ts";
import { NotOurs } from "../db/device.ts";
import type { Applied } from "../db/ledger.ts";
import type { Disk } from "../db/open.ts";
import { ApiProblem } from "./api.ts";
import { backoffMs } from "./backoff.ts";
import { watchHole } from "./hole.ts";
import type { HoleWatch } from "./hole.ts";
import { createIntake } from "./intake.ts";
import type { Intake } from "./intake.ts";
import type { Time } from "./time.ts";

/** Most events in one transaction. */
const BATCH_MAX = 500;
/** A write that failed, or a snapshot that did not come, is tried again after this long and a random, growing while. */
const AGAIN_MS = 1_000;

type Position = Pick<Hello, "epoch" | "cursor">;

export interface SyncEdges {
  disk: Disk;
  user: UserId;
  /** Where the device was when the tab loaded its state. */
  start: Position & { stale?: boolean };
  time: Time;
  random: () => number;
  snapshot: () => Promise<Snapshot>;
}

export interface SyncHandlers {
  say(command: Command): void;
  /** Says `hello` again on the same connection. */
  hello(): void;
  /** Written: show it. */
  applied(applied: Applied, by: "event" | "ack" | "snapshot"): void;
  /** Nothing is missing any more. */
  caughtUp(): void;
  /** The device belongs to another person by now: stop. */
  notOurs(): void;
  /** The disk did not take a write; it is tried again. */
  notStored(error: unknown): void;
}

export class Sync {
  readonly #edges: SyncEdges;
  readonly #handlers: SyncHandlers;
  readonly #intake: Intake;
  readonly #hole: HoleWatch;
  #epoch: Epoch | null;
  /** The last event that this tab has written. */
  #cursor: Cursor;
  /** Accepted and not yet written. */
  #queue: InboxEvent[] = [];
  #busy = false;
  #closed = false;
  /** Head that the last `welcome` named; null while there was none on this connection, or a snapshot is fetched. */
  #target: Cursor | null = null;
  #resync: Resync["reason"] | null = null;
  #failures = 0;
  #cancelAgain: (() => void) | null = null;

  constructor(edges: SyncEdges, handlers: SyncHandlers) {
    this.#edges = edges;
    this.#handlers = handlers;
    this.#epoch = edges.start.epoch;
    this.#cursor = edges.start.cursor;
    this.#intake = createIntake(this.#cursor);
    this.#hole = watchHole({
      time: edges.time,
      behind: () => this.#target !== null && this.#intake.behind(),
      ask: () => handlers.hello(),
      giveUp: () => this.#startResync("behind"),
    });
    if (this.#epoch === null) this.#startResync("epoch");
    else if (edges.start.stale) this.#startResync("behind");
  }

  position(): Position {
    return { epoch: this.#epoch, cursor: this.#cursor };
  }

  hear(frame: ServerFrame): void {
    if (frame.type === "event") this.#take(frame);
    if (frame.type === "welcome") this.#welcomed(frame);
    if (frame.type === "pong") this.#heard(frame.cursor);
    if (frame.type === "ack" || frame.type === "revised") void this.#acked(frame);
    if (frame.type === "resync") this.#startResync(frame.reason);
  }

  /** Says how far this device has it. Saying it again is harmless. */
  sayReceived(): void {
    if (this.#cursor > 0) this.#handlers.say({ type: "message.received", cursor: this.#cursor });
  }

  /** The connection is gone. */
  lost(): void {
    this.#target = null;
    this.#intake.fresh();
    this.#hole.stop();
  }

  close(): void {
    this.#closed = true;
    this.#hole.stop();
    this.#cancelAgain?.();
  }

  /** Says once more what is stored here: the last time, the tab may have died before it said so. */
  #welcomed({ epoch, cursor }: Welcome): void {
    // The server answers again: a snapshot that waits for its next try need not.
    if (this.#resync) return this.#tryNow();
    if (epoch !== this.#epoch) return this.#startResync("epoch");
    this.#target = cursor;
    this.sayReceived();
    this.#heard(cursor);
    this.#rest();
  }

  #heard(head: Cursor): void {
    this.#intake.heard(head);
    this.#hole.look();
  }

  #take(event: InboxEvent): void {
    const due = this.#intake.offer(event);
    if (due.length === 0) return this.#hole.look();
    this.#queue.push(...due);
    this.#hole.progressed();
    void this.#work();
  }

  /** One thing at a time: writes what is queued, or puts a snapshot in its place. */
  async #work(): Promise<void> {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      await this.#drain();
    } catch (error) {
      this.#failed(error);
    }
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#closed && (this.#resync || this.#queue.length > 0)) {
        if (this.#resync) await this.#refetch(this.#resync);
        else await this.#writeBatch();
        this.#failures = 0;
      }
    } finally {
      this.#busy = false;
    }
  }

  async #writeBatch(): Promise<void> {
    const { disk, user } = this.#edges;
    const events = this.#queue.slice(0, BATCH_MAX);
    if (this.#epoch === null) return this.#startResync("epoch");
    const applied = await applyEvents({ disk, user }, { epoch: this.#epoch, events });
    if (this.#closed) return;
    this.#cursor = events.at(-1)?.cursor ?? this.#cursor;
    this.#queue = this.#queue.slice(events.length);
    this.#handlers.applied(applied, "event");
    if (events.some((event) => event.kind === "message" && event.to === user)) this.sayReceived();
    if (applied.strange.length > 0) this.#startResync("behind");
    this.#rest();
  }

  /** From here on what is on its way is not to be trusted, until a snapshot has come. */
  #startResync(reason: Resync["reason"]): void {
    if (this.#resync || this.#closed) return;
    this.#resync = reason;
    this.#target = null;
    this.#queue = [];
    this.#intake.fresh();
    this.#hole.stop();
    void this.#work();
  }

  async #refetch(reason: Resync["reason"]): Promise<void> {
    const { disk, user } = this.#edges;
    const snapshot = await this.#edges.snapshot();
    if (this.#closed) return;
    const lost = reason === "ahead";
    const applied = await applySnapshot({ disk, user }, { snapshot, lost });
    if (this.#closed) return;
    const goesOn = snapshot.epoch === this.#epoch && !lost;
    this.#epoch = snapshot.epoch;
    this.#cursor = goesOn ? Math.max(this.#cursor, snapshot.cursor) : snapshot.cursor;
    this.#queue = this.#intake.moveTo(this.#cursor);
    this.#resync = null;
    this.#handlers.applied(applied, "snapshot");
    this.#handlers.hello();
  }

  /** What could not be written stays queued; a snapshot that did not come is still wanted. */
  #failed(error: unknown): void {
    if (this.#closed) return;
    if (error instanceof NotOurs) return this.#handlers.notOurs();
    if (error instanceof OtherEpoch) return this.#startResync("epoch");
    if (!(error instanceof ApiProblem)) this.#handlers.notStored(error);
    this.#cancelAgain?.();
    this.#failures += 1;
    const delayMs = AGAIN_MS + backoffMs(this.#failures, this.#edges.random);
    this.#cancelAgain = this.#edges.time.after(delayMs, () => void this.#work());
  }

  #tryNow(): void {
    this.#cancelAgain?.();
    void this.#work();
  }

  /** Written on its own: the ack's event may be behind others, and the person should see the tick now. */
  async #acked(answer: Ack | Revised): Promise<void> {
    const { disk, user } = this.#edges;
    this.#heard(answer.cursor);
    try {
      const owner = { disk, user };
      const applied = await (answer.type === "ack" ? applyAck(owner, answer) : applyRevised(owner, answer));
      if (!this.#closed) this.#handlers.applied(applied, "ack");
    } catch (error) {
      if (this.#closed) return;
      if (error instanceof NotOurs) this.#handlers.notOurs();
      else this.#handlers.notStored(error);
    }
  }

  #rest(): void {
    if (this.#target !== null && this.#cursor >= this.#target) this.#handlers.caughtUp();
  }
}
