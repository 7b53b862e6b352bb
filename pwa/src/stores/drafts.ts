import { ref } from "vue";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { Draft, Edit } from "../net/drafts.ts";
import type { Tab } from "../net/tab.ts";

/** The drafts of the tab, as the timeline hands them on. */
export function draftsOf(tab: Tab) {
  /** Counts their changes: the tab keeps them. */
  const changes = ref(0);

  function at(id: ConversationId): Draft | undefined {
    void changes.value;
    return tab.line()?.draft(id);
  }

  function change(id: ConversationId, to: Partial<Draft>): void {
    tab.line()?.setDraft(id, to);
    changes.value += 1;
  }

  function draft(id: ConversationId): string {
    return at(id)?.text ?? "";
  }

  function draftCount(): number {
    void changes.value;
    return tab.line()?.draftCount() ?? 0;
  }

  /** The message that the draft answers. */
  function answering(id: ConversationId): Seq | null {
    return at(id)?.replyTo ?? null;
  }

  /** The edit that the draft waits for. */
  function editing(id: ConversationId): Edit | null {
    return at(id)?.editing ?? null;
  }

  /** Empty text that answers nothing is no draft. */
  function setDraft(id: ConversationId, text: string): void {
    change(id, { text });
  }

  /** Adds to the draft what is to be said there too. */
  function addToDraft(id: ConversationId, text: string): void {
    setDraft(id, [draft(id), text].filter((part) => part !== "").join("\n"));
  }

  function answer(id: ConversationId, replyTo: Seq | null): void {
    change(id, { replyTo });
  }

  function setEditing(id: ConversationId, to: Edit | null): void {
    change(id, { editing: to });
  }

  /** Of a message that is taken back: after what is there. Answers how to undo it, as long as nobody has typed on. */
  function keepAsDraft(id: ConversationId, { text, replyTo }: Pick<Draft, "text" | "replyTo">): () => void {
    const before = { text: draft(id), replyTo: answering(id) };
    addToDraft(id, text);
    if (before.replyTo === null) answer(id, replyTo);
    const after = draft(id);
    return () => {
      if (draft(id) === after) change(id, before);
    };
  }

  return {
    keepAsDraft,
    verbs: { draft, draftCount, setDraft, addToDraft, answering, answer, editing, setEditing },
    /** They are others now. */
    touched: () => void (changes.value += 1),
  };
}
