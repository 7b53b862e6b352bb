/** Keeps account of messages under way: when each was sent, and how long until its ack and its arrival. */
import type { ServerFrame } from "#protocol/frames.ts";
import type { Cid } from "#protocol/ids.ts";
import type { Crew } from "./crew.ts";

export interface Ledger {
  /** From now on, what is sent counts. */
  begin(): void;
  /** From now on, what is sent does not count. */
  end(): void;
  /** So many milliseconds after it was due. */
  sent(cid: Cid, lateMs?: number): void;
  /** Resolves when all that counts has been acked and has arrived, or after this time. */
  settled(withinMs: number): Promise<void>;
  totals(): Totals;
}

export interface Totals {
  /** Milliseconds from send to ack, and from send to arrival, of each message that counted. */
  ack: number[];
  arrive: number[];
  /** How late the clients were with each message that counted, ms. Empty when nobody said. */
  late: number[];
  sent: number;
  /** Messages that counted and were never acked, or never arrived. */
  missing: number;
  refused: number;
  /** Messages that arrived, whenever they were sent, between `begin` and `end`. */
  arrivedBetween: number;
}

const LOOK_AGAIN_MS = 10;

/** Listens to everybody. `acked` is told whose message was acked, by its number in the crew. */
export function keepLedger(crew: Crew, { acked }: { acked?: (index: number) => void } = {}): Ledger {
  const sentAt = new Map<Cid, number>();
  const totals: Totals = {
    ack: [],
    arrive: [],
    late: [],
    sent: 0,
    missing: 0,
    refused: 0,
    arrivedBetween: 0,
  };
  let counts = false;

  for (const [index, device] of crew.devices.entries()) {
    device.handlers.heard = (frame, at) => hear(frame, { index, at, me: device.person.id });
  }

  function hear(frame: ServerFrame, { index, at, me }: { index: number; at: number; me: string }): void {
    if (frame.type === "ack") {
      const since = sentAt.get(frame.cid);
      if (since !== undefined) totals.ack.push(at - since);
      acked?.(index);
    } else if (frame.type === "event" && frame.kind === "message" && frame.to === me) {
      if (counts) totals.arrivedBetween += 1;
      const since = sentAt.get(frame.cid);
      if (since !== undefined) totals.arrive.push(at - since);
    } else if (frame.type === "refused") {
      totals.refused += 1;
    }
  }

  return {
    begin: () => void (counts = true),
    end: () => void (counts = false),
    sent(cid, lateMs) {
      if (!counts) return;
      if (lateMs !== undefined) totals.late.push(lateMs);
      totals.sent += 1;
      sentAt.set(cid, performance.now());
    },
    async settled(withinMs) {
      const giveUpAt = performance.now() + withinMs;
      while (!isSettled(totals) && performance.now() < giveUpAt) await Bun.sleep(LOOK_AGAIN_MS);
    },
    totals: () => ({ ...totals, missing: 2 * totals.sent - totals.ack.length - totals.arrive.length }),
  };
}

function isSettled({ ack, arrive, refused, sent }: Totals): boolean {
  return Math.min(ack.length, arrive.length) + refused >= sent;
}
