/** The outbox on disk: what this device has not yet got acked. Rows end in ledger.ts, with the message they became. */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Cid, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Reading } from "./open.ts";
import type { UnsentRow } from "./schema.ts";

interface Owner {
  disk: Disk;
  user: UserId;
}

/**
 * Keeps a message before anything of it is sent, gives it its place in the order, and ends the draft it came from.
 * Resolves once the medium has it.
 */
export function keepUnsent(owner: Owner, unsent: Omit<UnsentRow, "order">): Promise<UnsentRow> {
  return writeAs({ ...owner, strict: true }, async (tx) => {
    const store = tx.objectStore("outbox");
    const newest = await store.index("order").openCursor(null, "prev");
    const row = { ...unsent, order: (newest?.value.order ?? 0) + 1 };
    await store.put(row);
    await tx.objectStore("drafts").delete(unsent.conversation);
    return row;
  });
}

/** In the order of Send. */
export function unsentRows(tx: Reading): Promise<UnsentRow[]> {
  return tx.objectStore("outbox").index("order").getAll();
}

/** Marks a row as one that the server will never take. */
export function keepRefused(owner: Owner, { cid, code }: { cid: Cid; code: RefusedCode }): Promise<void> {
  return writeAs(owner, async (tx) => {
    const row = await tx.objectStore("outbox").get(cid);
    if (row) await tx.objectStore("outbox").put({ ...row, refused: code });
  });
}

export function dropUnsent(owner: Owner, cid: Cid): Promise<void> {
  return writeAs(owner, (tx) => tx.objectStore("outbox").delete(cid));
}
