import { defineStore } from "pinia";
import { computed, ref } from "vue";
import type { ConversationId, Seq } from "#protocol/ids.ts";
import type { Edit } from "../net/drafts.ts";
import { canEdit } from "../timeline/acts.ts";
import { useMessageActs } from "./message_acts.ts";
import { useTimeline } from "./timeline.ts";
import type { TimelineItem } from "./timeline.ts";

/** What is written about: a message that is answered, or an own one that is edited. */
export interface About {
  kind: "reply" | "edit";
  seq: Seq;
}

/**
 * What the person writes in the open conversation: the draft, or, for a while, another text for an own message. The device keeps
 * both with every key. What was typed leaves only by being sent, or because its person says so.
 */
export const useComposer = defineStore("composer", () => {
  const timeline = useTimeline();
  const acts = useMessageActs();
  const id = ref<ConversationId | null>(null);
  /** The device was read: what is typed can be sent. */
  const ready = ref(false);
  /** An edit came too late, and what was typed for it is part of the draft now. */
  const tooLate = ref(false);

  const editing = computed(() => (id.value === null ? null : timeline.editing(id.value)));
  const text = computed(() => {
    if (editing.value) return editing.value.text;
    return id.value === null ? "" : timeline.draft(id.value);
  });
  const about = computed<About | null>(() => {
    if (editing.value) return { kind: "edit", seq: editing.value.seq };
    const seq = id.value === null ? null : timeline.answering(id.value);
    return seq === null ? null : { kind: "reply", seq };
  });

  async function open(next: ConversationId): Promise<void> {
    close();
    id.value = next;
    await timeline.open(next);
    if (id.value !== next) return;
    ready.value = true;
    // It is from another time, and its message may be another by now.
    const edit = editing.value;
    if (edit && !itemOf(edit)) giveUp();
  }

  function close(): void {
    id.value = null;
    ready.value = false;
    tooLate.value = false;
  }

  function write(next: string): void {
    if (id.value === null) return;
    if (editing.value) return timeline.setEditing(id.value, { ...editing.value, text: next });
    timeline.setDraft(id.value, next);
    if (next !== "") timeline.typing(id.value);
  }

  function reply(seq: Seq): void {
    leaveEdit();
    if (id.value !== null) timeline.answer(id.value, seq);
  }

  /** The draft waits until the edit is over. */
  function edit({ seq, text: before }: TimelineItem): void {
    if (id.value === null || seq === null || editing.value?.seq === seq) return;
    leaveEdit();
    tooLate.value = false;
    timeline.setEditing(id.value, { seq, before, text: before });
  }

  /** Of a message that is answered or edited: nothing of the kind, then. What was typed stays if it is new. */
  function cancel(): void {
    if (id.value === null) return;
    if (editing.value) timeline.setEditing(id.value, null);
    else timeline.answer(id.value, null);
  }

  /** Of an edit for which something else is begun, or which came too late: what was typed for it goes on as the draft. */
  function leaveEdit(): void {
    const [here, left] = [id.value, editing.value];
    if (here === null || !left) return;
    if (changes(left)) timeline.addToDraft(here, left.text);
    timeline.setEditing(here, null);
  }

  function giveUp(): void {
    const left = editing.value;
    leaveEdit();
    tooLate.value = left !== null && changes(left);
  }

  /** The message, if it can be edited still, as far as this device can tell. */
  function itemOf({ seq }: Edit): TimelineItem | undefined {
    return timeline.items.find((item) => item.seq === seq && canEdit(item, acts.now()));
  }

  async function send(): Promise<void> {
    const [here, edited] = [id.value, editing.value];
    if (here === null || !ready.value) return;
    // The text is taken before anything is awaited: a second press finds nothing to send. The draft ends in the very
    // transaction that keeps the message, and an edit after it, so there is no moment at which the text is nowhere.
    const taken = text.value.trim();
    if (!edited) return timeline.send(here, taken);
    // Of a message that is not at hand just now the server has the last word.
    const item = itemOf(edited);
    if (timeline.messageAt(edited.seq) && !item) return giveUp();
    const nothing = taken === "" || taken === (item?.text ?? edited.before);
    const saved = nothing ? null : acts.edit(here, edited.seq, taken);
    timeline.setEditing(here, null);
    await saved;
  }

  return { id, text, about, ready, tooLate, open, close, write, reply, edit, cancel, send };
});

function changes({ text, before }: Edit): boolean {
  return text.trim() !== "" && text !== before;
}
