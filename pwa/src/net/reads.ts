/**
 * Read marks of this person on their way to the server: kept on the device first, said at a bounded pace. Tabs share the
 * device, and one may be closed between the two; so what is still to be said is looked up on the disk, never remembered
 * here, and whichever tab is connected says it.
 */
import type { Command } from "#protocol/frames.ts";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import { COMMANDS_PER_SECOND } from "#protocol/limits.ts";
import type { Applied } from "../db/ledger.ts";
import type { Time } from "./time.ts";

/** Scrolling shows many rows; the marks are written and said together, at most this often. */
const EVERY_MS = 300;
/** Marks said together: below the server's pace for commands, however many chats were read without a connection. */
const TOGETHER_MAX = Math.floor((COMMANDS_PER_SECOND * EVERY_MS) / 1_000 / 2);

export interface Reads {
  seen(conversation: ConversationId, seq: Seq): void;
  /** Says everything that the server has not confirmed. Saying it again is harmless. */
  sayAgain(): Promise<void>;
  close(): void;
}

export interface ReadsEdges {
  time: Time;
  write(marks: ReadonlyMap<ConversationId, Seq>): Promise<Applied>;
  /** Marks on this device that the server has not confirmed. */
  unconfirmed(): Promise<ReadonlyMap<ConversationId, Seq>>;
  say(command: Command): boolean;
  applied(applied: Applied): void;
  failed(error: unknown): void;
}

export function createReads({ time, write, unconfirmed, say, applied, failed }: ReadsEdges): Reads {
  let pending = new Map<ConversationId, Seq>();
  let busy = false;
  let cancel: (() => void) | null = null;
  /** Their turn to be said has not come. */
  const unsaid = new Map<ConversationId, Seq>();
  let cancelNext: (() => void) | null = null;

  function tell(marks: ReadonlyMap<ConversationId, Seq>): void {
    for (const [conversation, seq] of marks)
      unsaid.set(conversation, Math.max(seq, unsaid.get(conversation) ?? 0));
    if (cancelNext === null) sayNext();
  }

  function sayNext(): void {
    cancelNext = null;
    for (const [conversation, seq] of [...unsaid].slice(0, TOGETHER_MAX)) {
      unsaid.delete(conversation);
      // Whoever connects next looks on the disk.
      if (!say({ type: "message.read", conversation, seq })) return unsaid.clear();
    }
    if (unsaid.size > 0) cancelNext = time.after(EVERY_MS, sayNext);
  }

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
    tell(marks);
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
    async sayAgain() {
      try {
        tell(await unconfirmed());
      } catch (error) {
        failed(error);
      }
    },
    close() {
      cancel?.();
      cancelNext?.();
      busy = true;
    },
  };
}
