import type { UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Writing } from "./open.ts";
import type { DraftRow } from "./schema.ts";

/** Keeps what the person has typed so far. */
export function keepDraft(owner: { disk: Disk; user: UserId }, draft: DraftRow): Promise<void> {
  return writeAs(owner, (tx) => putDraft(tx, draft));
}

/** Nothing typed and nothing answered is no draft. */
export async function putDraft(tx: Writing, draft: DraftRow): Promise<void> {
  if (draft.text === "" && (draft.replyTo ?? null) === null) {
    await tx.objectStore("drafts").delete(draft.conversation);
  } else await tx.objectStore("drafts").put(draft);
}
