/** The outbox on disk: what this device has not yet got acked. Rows end in ledger.ts, with the message they became. */
import type { RefusedCode } from "#protocol/codes.ts";
import type { Cid, EpochMs, UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import { endDraft } from "./drafts.ts";
import type { Disk, Reading, Writing } from "./open.ts";
import type { UnsentRow } from "./schema.ts";

/** A message that was not sent for this long goes only when the person wants it still. */
const ASK_AFTER_MS = 24 * 60 * 60 * 1_000;

interface Owner {
  disk: Disk;
  user: UserId;
}

/**
 * Keeps a message or a revision before anything of it is sent, gives it its place in the order, and ends the draft it came
 * from, if it came from one. Resolves once the medium has it.
 */
export function keepUnsent(
  owner: Owner,
  unsent: Omit<UnsentRow, "order">,
  { endsDraft = true } = {},
): Promise<UnsentRow> {
  return writeAs({ ...owner, strict: true }, async (tx) => {
    const row = { ...unsent, order: await nextOrder(tx) };
    await tx.objectStore("outbox").put(row);
    if (endsDraft) await endDraft(tx, unsent.conversation);
    return row;
  });
}

/** In the order of Send. */
export function unsentRows(tx: Reading): Promise<UnsentRow[]> {
  return tx.objectStore("outbox").index("order").getAll();
}

/** As they were written: of what nobody has sent by then, an order of asking says nothing any more. */
export async function unsentAsWritten(tx: Reading): Promise<UnsentRow[]> {
  return (await unsentRows(tx)).toSorted((a, b) => firstOrderOf(a) - firstOrderOf(b));
}

function firstOrderOf({ firstOrder, order }: UnsentRow): number {
  return firstOrder ?? order;
}

/**
 * Notes that a message is about to be said. False when it is not here any more: it was taken back, and must not be said.
 * Who takes back and who says meet in this row, so a message that was taken back has never left.
 */
export function keepSaid(owner: Owner, { cid, now }: { cid: Cid; now: EpochMs }): Promise<boolean> {
  return writeAs(owner, async (tx) => {
    const row = await tx.objectStore("outbox").get(cid);
    if (row) await tx.objectStore("outbox").put({ ...row, saidAt: row.saidAt ?? now });
    return row !== undefined;
  });
}

/** Marks a row as one that the server does not take. */
export function keepRefused(owner: Owner, { cid, code }: { cid: Cid; code: RefusedCode }): Promise<void> {
  return writeAs(owner, async (tx) => {
    const row = await tx.objectStore("outbox").get(cid);
    if (row) await tx.objectStore("outbox").put({ ...row, refused: code });
  });
}

/**
 * Whether to ask before sending. By this device's clock on both sides; one that was put back does not ask. What is done to a
 * message that is there is still meant a day later.
 */
export function isHeld(
  { wantedAt, revises }: Pick<UnsentRow, "wantedAt" | "revises">,
  now: EpochMs,
): boolean {
  return !revises && now - wantedAt > ASK_AFTER_MS;
}

/** A message that the person wants sent after all. `as` is its cid from now on: another where the first was used up. */
export interface Wanted {
  cid: Cid;
  as: Cid;
  now: EpochMs;
}

/** What was refused is not on the server, so it can be taken back again until it is said once more. */
export function asWanted(row: UnsentRow, { as, now }: Wanted): UnsentRow {
  return { ...row, cid: as, wantedAt: now, saidAt: row.refused === null ? row.saidAt : null, refused: null };
}

/**
 * Puts a message last, as sent now; one that another tab has put on its way already keeps its place. Null when it is not here any
 * more.
 */
export function wantAgain(owner: Owner, wanted: Wanted): Promise<UnsentRow | null> {
  return writeAs({ ...owner, strict: true }, async (tx) => {
    const store = tx.objectStore("outbox");
    const row = await store.get(wanted.cid);
    if (!row) return null;
    if (row.refused === null && !isHeld(row, wanted.now)) return row;
    const order = await nextOrder(tx);
    const next = { ...asWanted(row, wanted), order, firstOrder: firstOrderOf(row) };
    await store.delete(wanted.cid);
    await store.put(next);
    return next;
  });
}

/** Removes a message that has never left, or was refused. False when it may be on the server, or is gone. */
export function takeBackUnsent(owner: Owner, cid: Cid): Promise<boolean> {
  return writeAs({ ...owner, strict: true }, async (tx) => {
    const row = await tx.objectStore("outbox").get(cid);
    if (!row || (row.saidAt !== null && row.refused === null)) return false;
    await tx.objectStore("outbox").delete(cid);
    return true;
  });
}

export function dropUnsent(owner: Owner, cid: Cid): Promise<void> {
  return writeAs(owner, (tx) => tx.objectStore("outbox").delete(cid));
}

/** Of what is sent next. */
export async function nextOrder(tx: Writing): Promise<number> {
  const newest = await tx.objectStore("outbox").index("order").openCursor(null, "prev");
  return (newest?.value.order ?? 0) + 1;
}
