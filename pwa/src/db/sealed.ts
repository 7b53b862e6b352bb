/**
 * What a person had not got sent when their session was ended, put aside for them. The seal itself is made outside of a
 * transaction, which would not wait for it; so what is put aside is compared with what is there then, and made again when
 * another tab has added to it.
 */
import type { SealKey } from "#protocol/http.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import { clear, deviceOf } from "./device.ts";
import { joinDrafts } from "./drafts.ts";
import type { Disk, Reading, Writing } from "./open.ts";
import type { DraftRow, SealedRow, UnsentRow } from "./schema.ts";
import { unsentAsWritten } from "./unsent.ts";

/** What is not on the server, and nowhere else. */
export interface Own {
  unsent: UnsentRow[];
  drafts: DraftRow[];
}

export interface Losing extends Own {
  user: UserId;
  seal: SealKey | null;
}

export interface SealedCount {
  messages: number;
  drafts: number;
}

/** When a message that was sealed was last wanted: its person is asked before it is sent. */
const NOT_WANTED_AT = 0;

/** What the person of `session` would lose. Null when the device is not in that session any more. */
export function readLosing(disk: Disk, session: SessionId): Promise<Losing | null> {
  return disk.read(async (tx) => {
    const device = await deviceOf(tx);
    if (device?.me.session !== session) return null;
    return { user: device.me.id, seal: device.seal, ...(await ownOf(tx)) };
  });
}

/**
 * Forgets all that belongs to the person of `session` and keeps `sealed` in place of `losing`. False when there is something
 * else to seal by now.
 */
export async function lose(
  disk: Disk,
  { session, losing, sealed }: { session: SessionId; losing: Losing; sealed: SealedRow | null },
): Promise<boolean> {
  return disk.write(
    async (tx) => {
      const device = await deviceOf(tx);
      if (device?.me.session !== session) return false;
      if (!isSame(await ownOf(tx), losing)) return false;
      const { user, seal } = losing;
      await clear(tx);
      await tx.objectStore("meta").put({ only: "ended", session, lost: { user, seal } });
      if (sealed) await tx.objectStore("sealed").add(sealed);
      return true;
    },
    { strict: true },
  );
}

/** How much is sealed on this device, whoever it is for; null when nothing is. */
export function countSealed(disk: Disk): Promise<SealedCount | null> {
  return disk.read(async (tx) => {
    const rows = await tx.objectStore("sealed").getAll();
    if (rows.length === 0) return null;
    const sum = (of: keyof SealedCount): number => rows.reduce((total, row) => total + row[of], 0);
    return { messages: sum("messages"), drafts: sum("drafts") };
  });
}

export function sealedFor(disk: Disk, user: UserId): Promise<SealedRow[]> {
  return disk.read((tx) => tx.objectStore("sealed").index("user").getAll(user));
}

/** Somebody at this device does not want what is sealed here any more. */
export function dropSealed(disk: Disk): Promise<void> {
  return disk.write((tx) => tx.objectStore("sealed").clear());
}

/**
 * Gives the person back what was sealed, after what they have written since. Answers their drafts as they are now; null when
 * another tab was first.
 */
export function putBack(
  disk: Disk,
  { sealed, own }: { sealed: SealedRow; own: Own },
): Promise<DraftRow[] | null> {
  return disk.write(
    async (tx) => {
      const { id, user } = sealed;
      const device = await deviceOf(tx);
      if (id === undefined || device?.me.id !== user) return null;
      if ((await tx.objectStore("sealed").getKey(id)) === undefined) return null;
      await tx.objectStore("sealed").delete(id);
      return addOwn(tx, unasked(own));
    },
    { strict: true },
  );
}

/** What was sealed, or might have been, goes only when its person says so: somebody else may have written it. */
export function unasked({ unsent, drafts }: Own): Own {
  return { unsent: unsent.map((row) => ({ ...row, wantedAt: NOT_WANTED_AT })), drafts };
}

/** Puts what only this person has after what is there; nothing that is there is lost. Answers the drafts as they are now. */
export async function addOwn(tx: Writing, { unsent, drafts }: Own): Promise<DraftRow[]> {
  const outbox = tx.objectStore("outbox");
  let order = (await outbox.index("order").openCursor(null, "prev"))?.value.order ?? 0;
  for (const { firstOrder: _, ...row } of unsent) {
    order += 1;
    if ((await outbox.getKey(row.cid)) === undefined) await outbox.put({ ...row, order });
  }
  const store = tx.objectStore("drafts");
  const now: DraftRow[] = [];
  for (const draft of drafts) {
    const there = await store.get(draft.conversation);
    const both = there ? joinDrafts(draft, there) : draft;
    await store.put(both);
    now.push(both);
  }
  return now;
}

async function ownOf(tx: Reading): Promise<Own> {
  return { unsent: await unsentAsWritten(tx), drafts: await tx.objectStore("drafts").getAll() };
}

function isSame(one: Own, other: Own): boolean {
  return JSON.stringify([one.unsent, one.drafts]) === JSON.stringify([other.unsent, other.drafts]);
}
