import "fake-indexeddb/auto";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { adopt, deviceOf } from "../db/device.ts";
import { load } from "../db/load.ts";
import type { Summary } from "../db/ledger.ts";
import { openDisk } from "../db/open.ts";
import type { Disk } from "../db/open.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { Log } from "./log.ts";

/** A name that no other test uses. */
export function freshName(): string {
  return `parley-${crypto.randomUUID()}`;
}

/** An empty device of the log's person. */
export async function openFor({ me }: Log, name: string = freshName()): Promise<Disk> {
  const disk = openDisk({ name });
  await adopt(disk, me);
  return disk;
}

/** A conversation as the device has it. */
export async function summaryOf(
  owner: { disk: Disk; user: UserId },
  conversation: ConversationId,
): Promise<Summary> {
  const { conversations } = await load(owner);
  const found = conversations.find(({ row }) => row.id === conversation);
  if (!found) throw new Error("The device does not know this conversation.");
  return found;
}

/** Everything a device holds of the log, in a form that two devices can be compared by. */
export async function contents(disk: Disk): Promise<unknown> {
  return disk.read(async (tx) => ({
    messages: await tx.objectStore("messages").getAll(),
    conversations: (await tx.objectStore("conversations").getAll()).map(comparable),
    unsent: await tx.objectStore("outbox").getAll(),
    me: (await deviceOf(tx))?.me,
  }));
}

/** Without what says how a device came to know, not what. */
function comparable(row: ConversationRow): unknown {
  return { ...row, oldestSeq: null, unheld: null, toRead: null };
}
