/**
 * How long the last messages of this device took, by its own clock: from leaving it to the server's word, and to the other's
 * device. Kept on this device, for its person alone; no word of the messages is in it, nor to whom they went.
 */
import type { Ack, Command } from "#protocol/frames.ts";
import type { Cid, ConversationId, EpochMs, Seq } from "#protocol/ids.ts";
import type { Summary } from "../db/ledger.ts";
import type { Timing } from "../db/schema.ts";
import type { Time } from "./time.ts";

/** Messages that are remembered. */
const LAST = 100;
/** They are written together: measuring must not slow down what is measured. */
const KEEP_AFTER_MS = 3_000;

export interface TimingsEdges {
  time: Time;
  write(timings: Timing[]): Promise<void>;
  failed(error: unknown): void;
}

export interface Timings {
  /** Oldest first. */
  list(): readonly Timing[];
  /** Something is about to leave. */
  saying(command: Command): void;
  acked(ack: Ack): void;
  /** These conversations are others now: something may have been delivered. */
  moved(conversations: readonly Summary[]): void;
  /** What is delivered while this device hears nothing is not measured. */
  lost(): void;
  close(): void;
}

interface UnderWay {
  conversation: ConversationId;
  seq: Seq;
  at: EpochMs;
}

export function createTimings(start: readonly Timing[], { time, write, failed }: TimingsEdges): Timings {
  let timings = start.slice(-LAST);
  /** When each message left here for the first time. */
  const said = new Map<Cid, EpochMs>();
  let underWay: UnderWay[] = [];
  let cancelKeep: (() => void) | null = null;

  function changed(next: Timing[]): void {
    timings = next.slice(-LAST);
    cancelKeep ??= time.after(KEEP_AFTER_MS, () => {
      cancelKeep = null;
      void write(timings).catch(failed);
    });
  }

  return {
    list: () => timings,
    saying(command) {
      if (command.type === "message.send" && !said.has(command.cid)) said.set(command.cid, time.now());
    },
    acked({ cid, conversation, seq }) {
      const at = said.get(cid);
      said.delete(cid);
      const ackMs = time.now() - (at ?? Number.POSITIVE_INFINITY);
      // A clock that was put back measures nothing.
      if (at === undefined || ackMs < 0) return;
      underWay.push({ conversation, seq, at });
      changed([...timings, { at, ackMs, deliveredMs: null }]);
    },
    moved(conversations) {
      const delivered = new Map(conversations.map(({ row }) => [row.id, row.theirs.delivered]));
      const [there, not] = [new Set<EpochMs>(), [] as UnderWay[]];
      for (const one of underWay) {
        if (one.seq <= (delivered.get(one.conversation) ?? 0)) there.add(one.at);
        else not.push(one);
      }
      if (there.size === 0) return;
      underWay = not;
      const now = time.now();
      changed(
        timings.map((timing) =>
          there.has(timing.at) && timing.deliveredMs === null && now >= timing.at
            ? { ...timing, deliveredMs: now - timing.at }
            : timing,
        ),
      );
    },
    lost() {
      underWay = [];
    },
    close() {
      cancelKeep?.();
    },
  };
}
