import type { ConversationId } from "#protocol/ids.ts";
import type { DraftRow } from "../db/schema.ts";

export interface Drafts {
  of(conversation: ConversationId): string;
  /** How many conversations have one. */
  count(): number;
  /** Empty text removes the draft. It is written at once; while a write is under way only the newest text waits. */
  set(conversation: ConversationId, text: string): void;
  /** The draft was sent: the transaction that kept the message has ended it on disk. */
  sent(conversation: ConversationId): void;
}

export interface DraftsEdges {
  write(conversation: ConversationId, text: string): Promise<void>;
  failed(error: unknown): void;
}

export function createDrafts(start: readonly DraftRow[], { write, failed }: DraftsEdges): Drafts {
  const texts = new Map(start.map((row) => [row.conversation, row.text]));
  const dirty = new Set<ConversationId>();
  let busy = false;

  async function flush(): Promise<void> {
    if (busy) return;
    busy = true;
    for (const conversation of dirty) {
      dirty.delete(conversation);
      await write(conversation, texts.get(conversation) ?? "").catch(failed);
    }
    busy = false;
  }

  function set(conversation: ConversationId, text: string): void {
    if (text === (texts.get(conversation) ?? "")) return;
    if (text === "") texts.delete(conversation);
    else texts.set(conversation, text);
    dirty.add(conversation);
    void flush();
  }

  return {
    of: (conversation) => texts.get(conversation) ?? "",
    count: () => texts.size,
    set,
    sent(conversation) {
      texts.delete(conversation);
      dirty.delete(conversation);
    },
  };
}
