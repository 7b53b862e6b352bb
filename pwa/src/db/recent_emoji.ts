import type { UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Reading } from "./open.ts";

/** Two rows of the picker. */
export const RECENT_EMOJI_MAX = 16;

/** What the person chose last on this device, newest first. */
export function readRecentEmoji(disk: Disk): Promise<readonly string[]> {
  return disk.read(recentIn);
}

export function noteEmoji(owner: { disk: Disk; user: UserId }, emoji: string): Promise<void> {
  return writeAs(owner, async (tx) => {
    const before = await recentIn(tx);
    const recent = [emoji, ...before.filter((one) => one !== emoji)].slice(0, RECENT_EMOJI_MAX);
    await tx.objectStore("meta").put({ only: "emoji", recent });
  });
}

async function recentIn(tx: Reading): Promise<readonly string[]> {
  const row = await tx.objectStore("meta").get("emoji");
  return row?.only === "emoji" ? row.recent : [];
}
