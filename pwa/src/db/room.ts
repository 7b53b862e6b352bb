import { seqs } from "./ledger.ts";
import type { Writing } from "./open.ts";

/** Newest messages of each conversation that stay, whatever the disk says. */
const STAY = 50;

/**
 * Removes what the server has too, for what it has not: of each conversation all read messages but the newest. They can be
 * had again, page by page.
 */
export async function makeRoom(tx: Writing): Promise<void> {
  for (const { id, headSeq, mine } of await tx.objectStore("conversations").getAll()) {
    const to = Math.min(mine.read, headSeq - STAY);
    if (to > 0) await tx.objectStore("messages").delete(seqs(id, { from: 0, to }));
  }
}
