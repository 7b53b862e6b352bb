/** The device forgets by the same rule as the server, also when it is offline: nothing older than the retention stays. */
import type { Cid, ConversationId, EpochMs, Seq, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { writeAs } from "./device.ts";
import { openLedger } from "./ledger.ts";
import type { Applied } from "./ledger.ts";
import type { Disk, Writing } from "./open.ts";

export interface Purged extends Applied {
  /** Messages sent before this moment are gone. */
  before: EpochMs;
}

/**
 * Removes messages, unsent messages and drafts that are older than the retention. `now` by the server's clock if known:
 * a device whose clock is wrong forgets too much, so `oldestSeq` stays and lets it ask the server for pages again.
 */
export function purge(owner: { disk: Disk; user: UserId }, { now }: { now: EpochMs }): Promise<Purged> {
  const before = now - RETENTION_MS;
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    for (const [conversation, seq] of await purgeMessages(tx, before)) {
      await ledger.row(conversation, (row) => {
        if (row.unheld && row.unheld.below <= seq + 1) row.unheld = null;
      });
    }
    for (const row of await tx.objectStore("drafts").getAll())
      if (row.changedAt < before) await tx.objectStore("drafts").delete(row.conversation);
    const settled = await purgeUnsent(tx, before);
    return { ...(await ledger.close()), settled, before };
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

async function purgeUnsent(tx: Writing, before: EpochMs): Promise<Cid[]> {
  const rows = await tx.objectStore("outbox").getAll();
  const old = rows.filter((row) => row.composedAt < before).map((row) => row.cid);
  for (const cid of old) await tx.objectStore("outbox").delete(cid);
  return old;
}
