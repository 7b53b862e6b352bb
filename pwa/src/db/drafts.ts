import type { ConversationId, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Writing } from "./open.ts";
import type { DraftRow } from "./schema.ts";

/** Keeps what the person has typed so far. */
export function keepDraft(owner: { disk: Disk; user: UserId }, draft: DraftRow): Promise<void> {
  return writeAs(owner, (tx) => putDraft(tx, draft));
}

/** Nothing typed, nothing answered and nothing edited is no draft. */
export async function putDraft(tx: Writing, draft: DraftRow): Promise<void> {
  const drafts = tx.objectStore("drafts");
  if (isEmpty(draft)) await drafts.delete(draft.conversation);
  else await drafts.put(draft);
}

/** It was sent. What another tab edits in that conversation is edited still. */
export async function endDraft(tx: Writing, conversation: ConversationId): Promise<void> {
  const draft = await tx.objectStore("drafts").get(conversation);
  if (draft) await putDraft(tx, { ...draft, text: "", replyTo: null });
}

export function isEmpty({ text, replyTo = null, editing = null }: Omit<DraftRow, "changedAt">): boolean {
  return text === "" && replyTo === null && editing === null;
}

/** What was typed in two places: one after the other, unless one goes on from the other. */
export function joinDrafts(first: DraftRow, second: DraftRow): DraftRow {
  const [one, other] = [first.text.trim(), second.text.trim()];
  const text = one.startsWith(other) ? first.text : other.startsWith(one) ? second.text : `${one}\n${other}`;
  const replyTo = second.replyTo ?? first.replyTo ?? null;
  return { ...second, text, replyTo, editing: second.editing ?? first.editing ?? null };
}
