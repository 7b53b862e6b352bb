/**
 * Empties the outbox while the connection is live: each conversation has one message under way, so the order of Send
 * becomes the order of seq, and all of them together stay below the server's pace. A message keeps its cid through
 * every retry, which makes sending it again harmless. A lost connection is no failure: everything just waits.
 *
 * Tabs share the outbox. A lock keeps two of them from sending at once; where there is none, or its holder sleeps, both
 * send, and the server answers the second like the first.
 */
import type { Ack, Command, Refused, WireLimits } from "#protocol/frames.ts";
import type { Cid, ConversationId } from "#protocol/ids.ts";
import { IN_FLIGHT_MAX } from "#protocol/limits.ts";
import type { Revised } from "#protocol/messages.ts";
import { isHeld } from "../db/unsent.ts";
import { commandOf } from "./commands.ts";
import { createCredits } from "./credits.ts";
import type { Credits } from "./credits.ts";
import type { Outbox, Unsent } from "./outbox.ts";
import { passes } from "./refusals.ts";
import { isOverdue } from "./standing.ts";
import type { Time } from "./time.ts";

/** A send that was neither acked nor refused is sent again after this long. */
const ANSWER_WITHIN_MS = 15_000;
/** Messages under way at once, to however many people: a server that stalls is not flooded. */
const UNDER_WAY_MAX = IN_FLIGHT_MAX / 4;
/** Wait after a refusal that names none. */
const RETRY_AFTER_MS = 2_000;

export interface SenderEdges {
  outbox: Outbox;
  time: Time;
  /** False when there is no connection to send on. */
  say(command: Command): boolean;
  /** Runs `body` when no other tab is sending, or does not let go. */
  exclusively(body: () => Promise<void>): Promise<void>;
}

export class Sender {
  readonly #edges: SenderEdges;
  #credits: Credits | null = null;
  /** The connection is live. */
  #live = false;
  /** The lock is held, or asked for. */
  #turn = false;
  /** Ends this tab's turn; null while it has not begun. */
  #finish: (() => void) | null = null;
  /** Cancels the time-out of each message under way. */
  readonly #underWay = new Map<Cid, () => void>();
  /** Messages of which the disk is being told that they will be said. */
  readonly #announcing = new Set<Cid>();
  /** Cancels the end of a pause that the server asked for; null when there is none. A timer, for clocks can be put back. */
  #cancelPause: (() => void) | null = null;
  #cancelPump: (() => void) | null = null;

  constructor(edges: SenderEdges) {
    this.#edges = edges;
  }

  /** The connection is live and nothing is missing: what was accepted while away has left the outbox by itself. */
  live({ sendBurst, sendsPerSecond }: WireLimits): void {
    this.#credits ??= createCredits({ burst: sendBurst, perSecond: sendsPerSecond });
    this.#live = true;
    this.wake();
  }

  /** Whether a message to `conversation` that is added now is said as soon as it is kept. */
  isFree(conversation: ConversationId): boolean {
    const before = this.#edges.outbox.rows().filter((row) => row.conversation === conversation);
    return this.#live && this.#cancelPause === null && !before.some((row) => this.#isWaiting(row));
  }

  /** The person asks for it: what is overdue is said once more. */
  sayAgain(): void {
    const now = this.#edges.time.now();
    for (const row of this.#edges.outbox.rows()) if (isOverdue(row, now)) this.#answered(row.cid);
    this.wake();
  }

  lost(): void {
    this.#live = false;
    for (const cancel of this.#underWay.values()) cancel();
    this.#underWay.clear();
    this.#cancelPause?.();
    this.#cancelPause = null;
    this.#end();
  }

  /** The outbox has changed. */
  wake(): void {
    if (this.#finish) return this.#pump();
    if (this.#turn || !this.#live || !this.#waiting()) return;
    this.#turn = true;
    void this.#edges.exclusively(() => this.#takeTurn()).finally(() => this.#turnEnded());
  }

  acked({ cid }: Ack | Revised): void {
    this.#answered(cid);
    this.#edges.outbox.acked(cid);
    this.wake();
  }

  refused({ cid, code, retryAfterMs = RETRY_AFTER_MS }: Refused): void {
    if (cid === undefined) return;
    this.#answered(cid);
    if (passes(code)) this.#pause(retryAfterMs);
    else void this.#edges.outbox.refused({ cid, code });
    this.wake();
  }

  #pause(forMs: number): void {
    this.#cancelPause?.();
    this.#cancelPause = this.#edges.time.after(forMs, () => {
      this.#cancelPause = null;
      this.wake();
    });
  }

  async #takeTurn(): Promise<void> {
    await this.#edges.outbox.reload();
    if (!this.#live) return;
    await new Promise<void>((resolve) => {
      this.#finish = resolve;
      this.#pump();
    });
  }

  #turnEnded(): void {
    this.#turn = false;
    this.#finish = null;
    this.wake();
  }

  #end(): void {
    this.#cancelPump?.();
    this.#finish?.();
    this.#finish = null;
  }

  #pump(): void {
    this.#cancelPump?.();
    if (!this.#waiting()) return this.#end();
    if (this.#cancelPause) return;
    const waitMs = this.#sendDue();
    if (waitMs > 0) this.#cancelPump = this.#edges.time.after(waitMs, () => this.#pump());
  }

  /** Sends what may go now. Answers how long the next must wait for a credit, milliseconds. */
  #sendDue(): number {
    const occupied = new Set<ConversationId>();
    for (const row of this.#edges.outbox.rows()) {
      if (!this.#isWaiting(row) || occupied.has(row.conversation)) continue;
      occupied.add(row.conversation);
      if (row.kept === "not yet" || this.#underWay.has(row.cid)) continue;
      if (row.saidAt === null) {
        void this.#announce(row.cid);
        continue;
      }
      if (this.#underWay.size >= UNDER_WAY_MAX) return 0;
      const waitMs = this.#credits?.take(this.#edges.time.now()) ?? 0;
      if (waitMs > 0) return waitMs;
      if (!this.#send(row)) return 0;
    }
    return 0;
  }

  /** It is on disk that it may have left before it leaves: what was never said can be taken back without a doubt. */
  async #announce(cid: Cid): Promise<void> {
    if (this.#announcing.has(cid)) return;
    this.#announcing.add(cid);
    await this.#edges.outbox.saying({ cid, now: this.#edges.time.now() });
    this.#announcing.delete(cid);
    this.wake();
  }

  #send(row: Unsent): boolean {
    const { cid } = row;
    if (!this.#edges.say(commandOf(row))) return false;
    const cancel = this.#edges.time.after(ANSWER_WITHIN_MS, () => {
      this.#underWay.delete(cid);
      this.wake();
    });
    this.#underWay.set(cid, cancel);
    return true;
  }

  #answered(cid: Cid): void {
    this.#underWay.get(cid)?.();
    this.#underWay.delete(cid);
  }

  #waiting(): boolean {
    return this.#edges.outbox.rows().some((row) => this.#isWaiting(row));
  }

  /** What is too old to be sent unasked holds up nothing that was written after it. */
  #isWaiting(row: Unsent): boolean {
    return row.refused === null && !row.acked && !isHeld(row, this.#edges.time.now());
  }
}
