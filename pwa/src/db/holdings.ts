import type { EpochMs } from "#protocol/ids.ts";
import type { Disk } from "./open.ts";

/** How much of everything is on this device. */
export interface Holdings {
  conversations: number;
  messages: number;
  /** When the oldest of them was sent; null without any. */
  oldestAt: EpochMs | null;
  unsent: number;
  drafts: number;
}

export function countHoldings(disk: Disk): Promise<Holdings> {
  return disk.read(async (tx) => ({
    conversations: await tx.objectStore("conversations").count(),
    messages: await tx.objectStore("messages").count(),
    oldestAt: (await tx.objectStore("messages").index("sentAt").openCursor())?.value.sentAt ?? null,
    unsent: await tx.objectStore("outbox").count(),
    drafts: await tx.objectStore("drafts").count(),
  }));
}
