import type { ConversationId, EpochMs, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk } from "./open.ts";

/** Keeps what the person has typed so far; empty text removes it. */
export function keepDraft(
  owner: { disk: Disk; user: UserId },
  { conversation, text, changedAt }: { conversation: ConversationId; text: string; changedAt: EpochMs },
): Promise<void> {
  return writeAs(owner, async (tx) => {
    if (text === "") await tx.objectStore("drafts").delete(conversation);
    else await tx.objectStore("drafts").put({ conversation, text, changedAt });
  });
}
