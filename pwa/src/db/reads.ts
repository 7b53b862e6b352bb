import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
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
