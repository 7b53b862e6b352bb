import type { UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk } from "./open.ts";
import type { DraftRow } from "./schema.ts";

/** Keeps what the person has typed so far; nothing typed and nothing answered removes it. */
export function keepDraft(owner: { disk: Disk; user: UserId }, draft: DraftRow): Promise<void> {
  return writeAs(owner, async (tx) => {
    if (draft.text === "" && (draft.replyTo ?? null) === null) {
      await tx.objectStore("drafts").delete(draft.conversation);
    } else await tx.objectStore("drafts").put(draft);
  });
}
