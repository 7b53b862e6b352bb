import type { Message } from "#protocol/frames.ts";
import type { EpochMs } from "#protocol/ids.ts";
import { RETENTION_MS, SEARCH_FOUND_MAX } from "#protocol/limits.ts";
import { fold, matches } from "../text/fold.ts";
import type { Disk } from "./open.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * What this device holds that contains `text`, newest first. Day by day, so that neither the database nor the page is held up
 * for long, and until there is enough. `over` tells that nobody waits for it any more.
 */
export async function searchDevice(
  disk: Disk,
  { text, now, over }: { text: string; now: EpochMs; over: () => boolean },
): Promise<Message[]> {
  const has = matches(fold(text));
  const found: Message[] = [];
  // The newest part has no upper end: this device's clock may be behind the server's.
  let before = Number.POSITIVE_INFINITY;
  for (let from = now - DAY_MS; from >= now - RETENTION_MS; from -= DAY_MS) {
    if (over() || found.length >= SEARCH_FOUND_MAX) break;
    const day = await readBetween(disk, { from, before });
    found.push(...day.toReversed().filter((message) => has(message.text)));
    before = from;
  }
  return found.slice(0, SEARCH_FOUND_MAX);
}

function readBetween(disk: Disk, { from, before }: { from: EpochMs; before: EpochMs }): Promise<Message[]> {
  const range = IDBKeyRange.bound(from, before, false, true);
  return disk.read((tx) => tx.objectStore("messages").index("sentAt").getAll(range));
}
