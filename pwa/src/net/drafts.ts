import type { ConversationId, EpochMs, Seq } from "#protocol/ids.ts";
import { isEmpty } from "../db/drafts.ts";
import type { DraftRow, Editing } from "../db/schema.ts";

/** What the message said when the person began is not kept: it would outlive a message that expires, or is deleted. */
export interface Edit extends Editing {
  before?: string;
}

/** What the person has typed, the message that it answers, and the edit that it waits for. */
export interface Draft {
  text: string;
  replyTo: Seq | null;
  editing: Edit | null;
}

/** What a person does with them. */
export interface Drafting {
  draft(conversation: ConversationId): Draft;
  /** How many conversations have one. */
  draftCount(): number;
  /** The rest stays as it is. An empty draft is none. It is written at once; while a write is under way only the newest waits. */
  setDraft(conversation: ConversationId, change: Partial<Draft>): void;
  /** So it is now, by another tab, which writes it. */
  heardDraft(draft: DraftRow): void;
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
  /** Tells the other tabs. */
  say(draft: DraftRow): void;
  /** One of them has told. */
  heard(): void;
  failed(error: unknown): void;
}

const NONE: Draft = { text: "", replyTo: null, editing: null };

export function createDrafts(start: readonly DraftRow[], edges: DraftsEdges): Drafts {
  const { now, jot, write, say, failed } = edges;
  const drafts = new Map<ConversationId, Draft>();
  for (const row of start) take(row);
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
    return { conversation, ...draft, editing: editingOf(draft), changedAt: now() };
  }

  function rows(): DraftRow[] {
    return [...drafts].map(([id, draft]) => rowOf(id, draft)).filter((row) => !isEmpty(row));
  }

  function of(conversation: ConversationId): Draft {
    return drafts.get(conversation) ?? NONE;
  }

  function set(conversation: ConversationId, change: Partial<Draft>): void {
    const before = of(conversation);
    const next = { ...before, ...change };
    if (isSame(next, before)) return;
    drafts.set(conversation, next);
    dirty.add(conversation);
    const row = rowOf(conversation, next);
    jotted.set(conversation, jot(row));
    say(row);
    void flush();
  }

  function take({ conversation, text, replyTo = null, editing = null }: DraftRow): void {
    drafts.set(conversation, { text, replyTo, editing });
  }

  return {
    verbs: {
      draft: of,
      draftCount: () => rows().length,
      setDraft: set,
      heardDraft(row) {
        take(row);
        edges.heard();
      },
      draftsKept: flush,
    },
    rows,
    sent(conversation) {
      const next = { ...NONE, editing: of(conversation).editing };
      drafts.set(conversation, next);
      say(rowOf(conversation, next));
      dirty.delete(conversation);
      jotted.get(conversation)?.();
    },
  };
}

/** An edit that changes nothing so far is not worth keeping. */
function editingOf({ editing: edit }: Draft): Editing | null {
  return edit === null || edit.text === edit.before ? null : { seq: edit.seq, text: edit.text };
}

function isSame(one: Draft, other: Draft): boolean {
  return one.text === other.text && one.replyTo === other.replyTo && one.editing === other.editing;
}
