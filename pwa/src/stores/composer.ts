import { defineStore } from "pinia";
import { computed, ref, shallowRef, watch } from "vue";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import { useMessageActs } from "./message_acts.ts";
import { useTimeline } from "./timeline.ts";
import type { TimelineItem } from "./timeline.ts";

/** What is written about: a message that is answered, or an own one that is edited. */
export interface About {
  kind: "reply" | "edit";
  seq: Seq;
}

/** What the person writes in the open conversation: the draft, or, for a while, another text for an own message. */
export const useComposer = defineStore("composer", () => {
  const timeline = useTimeline();
  const acts = useMessageActs();
  const id = ref<ConversationId | null>(null);
  const text = ref("");
  /** The message that is edited, and what its text was. */
  const editing = shallowRef<{ seq: Seq; before: string } | null>(null);
  /** The device was read: from here on the draft is what the person types. */
  const ready = ref(false);

  const about = computed<About | null>(() => {
    if (editing.value) return { kind: "edit", seq: editing.value.seq };
    const seq = id.value === null ? null : timeline.answering(id.value);
    return seq === null ? null : { kind: "reply", seq };
  });

  // A message that was taken back is a draft again.
  watch(
    () => (id.value === null ? "" : timeline.draft(id.value)),
    (draft) => {
      if (ready.value && !editing.value) text.value = draft;
    },
  );

  async function open(next: ConversationId): Promise<void> {
    close();
    id.value = next;
    text.value = timeline.draft(next);
    await timeline.open(next);
    if (id.value !== next) return;
    ready.value = true;
    if (text.value === "") text.value = timeline.draft(next);
  }

  function close(): void {
    id.value = null;
    editing.value = null;
    ready.value = false;
    text.value = "";
  }

  function write(next: string): void {
    text.value = next;
    if (editing.value || id.value === null) return;
    timeline.setDraft(id.value, next);
    if (next !== "") timeline.typing(id.value);
  }

  function reply(seq: Seq): void {
    stopEditing();
    if (id.value !== null) timeline.answer(id.value, seq);
  }

  /** The draft waits until the edit is over. */
  function edit({ seq, text: before }: TimelineItem): void {
    if (seq === null) return;
    editing.value = { seq, before };
    text.value = before;
  }

  function stopEditing(): void {
    if (!editing.value) return;
    editing.value = null;
    text.value = id.value === null ? "" : timeline.draft(id.value);
  }

  /** Of a message that is answered or edited: nothing of the kind, then. What was typed stays if it is new. */
  function cancel(): void {
    if (editing.value) stopEditing();
    else if (id.value !== null) timeline.answer(id.value, null);
  }

  async function send(): Promise<void> {
    const [here, edited] = [id.value, editing.value];
    if (here === null || !ready.value) return;
    // The text is taken before anything is awaited: a second press finds nothing to send. The draft ends in the very
    // transaction that keeps the message, so there is no moment at which the text is nowhere.
    const taken = text.value.trim();
    if (edited) {
      stopEditing();
      if (taken !== "" && taken !== edited.before) await acts.edit(here, edited.seq, taken);
    } else {
      text.value = "";
      await timeline.send(here, taken);
    }
  }

  return { id, text, about, ready, open, close, write, reply, edit, cancel, send };
});
