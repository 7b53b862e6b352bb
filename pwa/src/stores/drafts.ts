import { ref } from "vue";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { Tab } from "../net/tab.ts";

/** The drafts of the tab, as the timeline hands them on. */
export function draftsOf(tab: Tab) {
  /** Counts their changes: the tab keeps them. */
  const changes = ref(0);

  function draft(id: ConversationId): string {
    void changes.value;
    return tab.line()?.draft(id).text ?? "";
  }

  function draftCount(): number {
    void changes.value;
    return tab.line()?.draftCount() ?? 0;
  }

  /** The message that the draft answers. */
  function answering(id: ConversationId): Seq | null {
    void changes.value;
    return tab.line()?.draft(id).replyTo ?? null;
  }

  /** Empty text that answers nothing is no draft. */
  function setDraft(id: ConversationId, text: string): void {
    tab.line()?.setDraft(id, { text, replyTo: answering(id) });
    changes.value += 1;
  }

  function answer(id: ConversationId, replyTo: Seq | null): void {
    tab.line()?.setDraft(id, { text: draft(id), replyTo });
    changes.value += 1;
  }

  return {
    verbs: { draft, draftCount, setDraft, answering, answer },
    /** They are others now. */
    touched: () => void (changes.value += 1),
  };
}
