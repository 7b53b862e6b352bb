import type { UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import { endDraft, putDraft } from "./drafts.ts";
import type { Jotting } from "./jotter.ts";
import type { Disk, Writing } from "./open.ts";
import { nextOrder } from "./unsent.ts";

/** Puts into the database what a page that is gone had no time to. What is there and newer stays. */
export async function settleJottings(owner: { disk: Disk; user: UserId }): Promise<void> {
  const jotted = owner.disk.jotter.of(owner.user);
  if (jotted.length === 0) return;
  await writeAs({ ...owner, strict: true }, async (tx) => {
    for (const { jotting } of jotted) await settle(tx, jotting);
  });
  for (const { strike } of jotted) strike();
}

/** A message that went out meanwhile goes out once more under the same cid, which changes nothing. */
async function settle(tx: Writing, jotting: Jotting): Promise<void> {
  const drafts = tx.objectStore("drafts");
  if (jotting.kind === "draft") {
    const kept = await drafts.get(jotting.row.conversation);
    if (!kept || kept.changedAt <= jotting.row.changedAt) await putDraft(tx, jotting.row);
    return;
  }
  const { row, endsDraft } = jotting;
  const outbox = tx.objectStore("outbox");
  if ((await outbox.getKey(row.cid)) === undefined) await outbox.put({ ...row, order: await nextOrder(tx) });
  const draft = await drafts.get(row.conversation);
  if (endsDraft && draft && draft.changedAt <= row.composedAt) await endDraft(tx, row.conversation);
}
