import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { DraftRow } from "../db/schema.ts";

/** What the person has typed, and the message that it answers. */
export interface Draft {
  text: string;
  replyTo: Seq | null;
}

export interface Drafts {
  of(conversation: ConversationId): Draft;
  /** How many conversations have one. */
  count(): number;
  /** An empty draft is none. It is written at once; while a write is under way only the newest waits. */
  set(conversation: ConversationId, draft: Draft): void;
  /** The draft was sent: the transaction that kept the message has ended it on disk. */
  sent(conversation: ConversationId): void;
}

export interface DraftsEdges {
  write(conversation: ConversationId, draft: Draft): Promise<void>;
  failed(error: unknown): void;
}

const NONE: Draft = { text: "", replyTo: null };

export function createDrafts(start: readonly DraftRow[], { write, failed }: DraftsEdges): Drafts {
  const drafts = new Map(
    start.map(({ conversation, text, replyTo = null }) => [conversation, { text, replyTo }]),
  );
  const dirty = new Set<ConversationId>();
  let busy = false;

  async function flush(): Promise<void> {
    if (busy) return;
    busy = true;
    for (const conversation of dirty) {
      dirty.delete(conversation);
      await write(conversation, of(conversation)).catch(failed);
    }
    busy = false;
  }

  function of(conversation: ConversationId): Draft {
    return drafts.get(conversation) ?? NONE;
  }

  function set(conversation: ConversationId, { text, replyTo }: Draft): void {
    const before = of(conversation);
    if (text === before.text && replyTo === before.replyTo) return;
    if (text === "" && replyTo === null) drafts.delete(conversation);
    else drafts.set(conversation, { text, replyTo });
    dirty.add(conversation);
    void flush();
  }

  return {
    of,
    count: () => drafts.size,
    set,
    sent(conversation) {
      drafts.delete(conversation);
      dirty.delete(conversation);
    },
  };
}
