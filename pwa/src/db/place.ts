import type { ConversationId, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk } from "./open.ts";

/** Remembers which conversation is open, so that the app opens where it was left. */
export function keepPlace(owner: { disk: Disk; user: UserId }, place: ConversationId | null): Promise<void> {
  return writeAs(owner, async (tx, device) => {
    await tx.objectStore("meta").put({ ...device, place });
  });
}
