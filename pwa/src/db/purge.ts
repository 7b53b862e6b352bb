/**
 * The device forgets by the same rule as the server, also when it is offline: no message older than the retention stays.
 * What was not sent yet, drafts included, is the person's own and nowhere else: no clock takes it, least of all a wrong one.
 */
import type { ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { writeAs } from "./device.ts";
import { openLedger } from "./ledger.ts";
import type { Applied } from "./ledger.ts";
import { purgeNewSessions } from "./new_sessions.ts";
import type { Disk, Writing } from "./open.ts";

export interface Purged extends Applied {
  /** Messages sent before this moment are gone. */
  before: EpochMs;
}

/**
 * Removes messages that are older than the retention. `now` by the server's clock if known:
 * a device whose clock is wrong forgets too much, so `oldestSeq` stays and lets it ask the server for pages again.
 */
export function purge(owner: { disk: Disk; user: UserId }, { now }: { now: EpochMs }): Promise<Purged> {
  const before = now - RETENTION_MS;
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    await purgeNewSessions(tx, before);
    for (const [conversation, seq] of await purgeMessages(tx, before)) {
      await ledger.row(conversation, (row) => {
        if (row.unheld && row.unheld.below <= seq + 1) row.unheld = null;
      });
    }
    return { ...(await ledger.close()), before };
  });
}

/** The highest seq that went, of each conversation that lost messages. */
async function purgeMessages(tx: Writing, before: EpochMs): Promise<Map<ConversationId, Seq>> {
  const gone = new Map<ConversationId, Seq>();
  const old = tx.objectStore("messages").index("sentAt");
  let cursor = await old.openCursor(IDBKeyRange.upperBound(before, true));
  while (cursor) {
    const { conversation, seq } = cursor.value;
    gone.set(conversation, Math.max(gone.get(conversation) ?? 0, seq));
    await cursor.delete();
    cursor = await cursor.continue();
  }
  return gone;
}
