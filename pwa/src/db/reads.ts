import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { deviceOf, writeAs } from "./device.ts";
import { openLedger, raise, settleRead } from "./ledger.ts";
import type { Applied } from "./ledger.ts";
import type { Disk } from "./open.ts";

/** Moves the own read marks forward on this device and remembers that the server must be told. */
export function readUpTo(
  owner: { disk: Disk; user: UserId },
  marks: ReadonlyMap<ConversationId, Seq>,
): Promise<Applied> {
  return writeAs(owner, async (tx) => {
    const ledger = openLedger(tx, owner.user);
    for (const [conversation, seq] of marks) {
      await ledger.row(conversation, (row) => {
        if (seq <= row.mine.read) return;
        row.mine = raise(row.mine, { delivered: 0, read: seq });
        row.toRead = seq;
        settleRead(row);
      });
    }
    return ledger.close();
  });
}

/** How far `user` has read where the server has not confirmed it yet, in whichever tab that was. */
export function unconfirmedReads({
  disk,
  user,
}: {
  disk: Disk;
  user: UserId;
}): Promise<Map<ConversationId, Seq>> {
  return disk.read(async (tx) => {
    const device = await deviceOf(tx);
    const rows = device?.me.id === user ? await tx.objectStore("conversations").getAll() : [];
    return new Map(rows.flatMap(({ id, toRead }) => (toRead === null ? [] : [[id, toRead]])));
  });
}
