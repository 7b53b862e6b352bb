/** Read marks of this person on their way to the server: kept on the device first, said at a bounded pace. */
import type { Command } from "#protocol/frames.ts";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { Applied, Summary } from "../db/ledger.ts";
import type { Time } from "./time.ts";

/** Scrolling shows many rows; the marks are written and said together, at most this often. */
const EVERY_MS = 300;

export interface Reads {
  seen(conversation: ConversationId, seq: Seq): void;
  /** Remembers which marks the server has not confirmed. */
  note(summaries: readonly Summary[]): void;
  /** The connection is live: says what was read while away. */
  live(): void;
  close(): void;
}

export interface ReadsEdges {
  time: Time;
  write(marks: ReadonlyMap<ConversationId, Seq>): Promise<Applied>;
  say(command: Command): boolean;
  applied(applied: Applied): void;
  failed(error: unknown): void;
}

export function createReads({ time, write, say, applied, failed }: ReadsEdges): Reads {
  let pending = new Map<ConversationId, Seq>();
  const unconfirmed = new Map<ConversationId, Seq>();
  let busy = false;
  let cancel: (() => void) | null = null;

  async function flush(): Promise<void> {
    if (busy || pending.size === 0) return;
    busy = true;
    const marks = pending;
    pending = new Map();
    try {
      applied(await write(marks));
    } catch (error) {
      failed(error);
    }
    for (const [conversation, seq] of marks) say({ type: "message.read", conversation, seq });
    cancel = time.after(EVERY_MS, () => {
      busy = false;
      void flush();
    });
  }

  return {
    seen(conversation, seq) {
      if (seq <= (pending.get(conversation) ?? 0)) return;
      pending.set(conversation, seq);
      void flush();
    },
    note(summaries) {
      for (const { row } of summaries) {
        if (row.toRead === null) unconfirmed.delete(row.id);
        else unconfirmed.set(row.id, row.toRead);
      }
    },
    live() {
      for (const [conversation, seq] of unconfirmed) say({ type: "message.read", conversation, seq });
    },
    close() {
      cancel?.();
      busy = true;
    },
  };
}
