/**
 * What a person typed or sent here after their session was ended and the device wiped: in a tab that had not heard of it, or in
 * one that was closed before the database had it.
 */
import type { UserId } from "#protocol/ids.ts";
import { deviceOf } from "./device.ts";
import { isEmpty } from "./drafts.ts";
import type { Disk } from "./open.ts";
import type { DraftRow, SealedRow, UnsentRow } from "./schema.ts";
import { addOwn, unasked } from "./sealed.ts";
import type { Own } from "./sealed.ts";

export interface Late extends Own {
  /** It is safe elsewhere, or nobody wants it any more. */
  strike(): void;
}

/** What is jotted down of `user`, and `loose` from memory, but for what `known` has. */
export function lateOf(
  disk: Disk,
  user: UserId,
  { loose = [], known }: { loose?: readonly UnsentRow[]; known?: Own },
): Late {
  const jotted = disk.jotter.of(user);
  const unsent = new Map(loose.map((row) => [row.cid, row]));
  const drafts: DraftRow[] = [];
  for (const { jotting } of jotted) {
    if (jotting.kind === "draft") {
      if (!isEmpty(jotting.row)) drafts.push(jotting.row);
      continue;
    }
    // Its place is given to it when it is put back.
    if (!unsent.has(jotting.row.cid)) unsent.set(jotting.row.cid, { ...jotting.row, order: 0 });
  }
  for (const { cid } of known?.unsent ?? []) unsent.delete(cid);
  const isKnown = (draft: DraftRow): boolean =>
    known?.drafts.some(
      ({ conversation, text }) => conversation === draft.conversation && text === draft.text,
    ) ?? false;
  return {
    unsent: [...unsent.values()],
    drafts: drafts.filter((draft) => !isKnown(draft)),
    strike: () => jotted.forEach(({ strike }) => strike()),
  };
}

/**
 * Puts what came late where it belongs: beside the rest that is sealed, or back to its person if they are here again, whose
 * drafts it answers as they are now.
 */
export function keepLate(
  disk: Disk,
  { user, late, sealed }: { user: UserId; late: Own; sealed: SealedRow },
): Promise<DraftRow[] | null> {
  return disk.write(
    async (tx) => {
      const device = await deviceOf(tx);
      if (device?.me.id === user) return addOwn(tx, unasked(late));
      await tx.objectStore("sealed").add(sealed);
      return null;
    },
    { strict: true },
  );
}
