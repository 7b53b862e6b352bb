import type { UserId } from "#protocol/ids.ts";
import type { Disk } from "../db/open.ts";
import { noteEmoji, readRecentEmoji } from "../db/recent_emoji.ts";

/** The emoji that the person chose last on this device. */
export interface RecentEmoji {
  /** Newest first. */
  read(): Promise<readonly string[]>;
  note(emoji: string): void;
}

interface RecentEmojiEdges {
  disk: Disk;
  user: UserId;
  failed: (error: unknown) => void;
}

export function createRecentEmoji({ disk, user, failed }: RecentEmojiEdges): RecentEmoji {
  return {
    read: () => readRecentEmoji(disk),
    note: (emoji) => void noteEmoji({ disk, user }, emoji).catch(failed),
  };
}
