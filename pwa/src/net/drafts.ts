import type { ConversationId, EpochMs, Seq } from "#protocol/ids.ts";
import type { DraftRow } from "../db/schema.ts";

/** What the person has typed, and the message that it answers. */
export interface Draft {
  text: string;
  replyTo: Seq | null;
}

/** What a person does with them. */
export interface Drafting {
  draft(conversation: ConversationId): Draft;
  /** How many conversations have one. */
  draftCount(): number;
  /** An empty draft is none. It is written at once; while a write is under way only the newest waits. */
  setDraft(conversation: ConversationId, draft: Draft): void;
  /** Resolves once all that was typed is on the disk. */
  draftsKept(): Promise<void>;
}

export interface Drafts {
  verbs: Drafting;
  /** As the disk has them, or should. */
  rows(): DraftRow[];
  /** The draft was sent: the transaction that kept the message has ended it on disk. */
  sent(conversation: ConversationId): void;
}

export interface DraftsEdges {
  now: () => EpochMs;
  /** Notes it down before it is written, for a page that is closed at once; the answer strikes it out. */
  jot(draft: DraftRow): () => void;
  write(draft: DraftRow): Promise<void>;
  failed(error: unknown): void;
}

const NONE: Draft = { text: "", replyTo: null };

export function createDrafts(start: readonly DraftRow[], { now, jot, write, failed }: DraftsEdges): Drafts {
  const drafts = new Map(
    start.map(({ conversation, text, replyTo = null }) => [conversation, { text, replyTo }]),
  );
  const dirty = new Set<ConversationId>();
  /** Strikes out what is jotted down of each. */
  const jotted = new Map<ConversationId, () => void>();
  let writing: Promise<void> | null = null;

  function flush(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = null;
    });
    return writing;
  }

  async function writeAll(): Promise<void> {
    for (const conversation of dirty) {
      dirty.delete(conversation);
      const strike = jotted.get(conversation);
      await write(rowOf(conversation, of(conversation))).then(strike, failed);
    }
  }

  function rowOf(conversation: ConversationId, draft: Draft): DraftRow {
    return { conversation, ...draft, changedAt: now() };
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
    jotted.set(conversation, jot(rowOf(conversation, of(conversation))));
    void flush();
  }

  return {
    verbs: { draft: of, draftCount: () => drafts.size, setDraft: set, draftsKept: flush },
    rows: () => [...drafts].map(([conversation, draft]) => rowOf(conversation, draft)),
    sent(conversation) {
      drafts.delete(conversation);
      dirty.delete(conversation);
      jotted.get(conversation)?.();
    },
  };
}
