import type { Message, NewSession } from "#protocol/frames.ts";
import type { ConversationId, Seq, UserId } from "#protocol/ids.ts";
import { deviceOf, NotOurs } from "./device.ts";
import { seqs, summarise } from "./ledger.ts";
import type { Summary } from "./ledger.ts";
import { readNewSessions } from "./new_sessions.ts";
import type { Disk } from "./open.ts";
import type { DeviceRow, DraftRow, Timing, UnsentRow } from "./schema.ts";
import { readTimings } from "./timings.ts";
import { unsentRows } from "./unsent.ts";

/** Everything but the messages, as of one moment: a tab that starts from `device.cursor` misses nothing. */
export interface Loaded {
  device: DeviceRow;
  conversations: Summary[];
  unsent: UnsentRow[];
  drafts: DraftRow[];
  /** Sessions that the person should be told of. */
  newSessions: NewSession[];
  timings: Timing[];
}

/** Rejects with `NotOurs` when the device is not `user`'s. */
export function load({ disk, user }: { disk: Disk; user: UserId }): Promise<Loaded> {
  return disk.read(async (tx) => {
    const device = await deviceOf(tx);
    if (device?.me.id !== user) throw new NotOurs();
    const conversations: Summary[] = [];
    for (const row of await tx.objectStore("conversations").getAll())
      conversations.push(await summarise(tx, row));
    const drafts = await tx.objectStore("drafts").getAll();
    const newSessions = await readNewSessions(tx);
    const timings = await readTimings(tx);
    return { device, conversations, unsent: await unsentRows(tx), drafts, newSessions, timings };
  });
}

/** The newest messages with a seq from `from` on, at most `limit`, ascending. */
export function readNewest(
  disk: Disk,
  { conversation, from, limit }: { conversation: ConversationId; from: Seq; limit: number },
): Promise<Message[]> {
  return readDown(disk, { range: seqs(conversation, { from }), limit });
}

/** The messages right before `before`, at most `limit`, ascending. There may be holes between them. */
export function readBefore(
  disk: Disk,
  { conversation, before, limit }: { conversation: ConversationId; before: Seq; limit: number },
): Promise<Message[]> {
  return readDown(disk, { range: seqs(conversation, { from: 0, to: before - 1 }), limit });
}

function readDown(disk: Disk, { range, limit }: { range: IDBKeyRange; limit: number }): Promise<Message[]> {
  return disk.read(async (tx) => {
    const found: Message[] = [];
    let cursor = await tx.objectStore("messages").openCursor(range, "prev");
    while (cursor && found.length < limit) {
      found.push(cursor.value);
      cursor = await cursor.continue();
    }
    return found.toReversed();
  });
}
