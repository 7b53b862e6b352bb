import type { EpochMs, UserId } from "#protocol/ids.ts";
import { load } from "./load.ts";
import type { Loaded } from "./load.ts";
import type { Disk } from "./open.ts";
import { purge } from "./purge.ts";
import { settleJottings } from "./settle.ts";

/** Puts the device in order and reads it. Rejects with `NotOurs` when it is somebody else's by now. */
export async function begin(owner: { disk: Disk; user: UserId }, { now }: { now: EpochMs }): Promise<Loaded> {
  await settleJottings(owner);
  await purge(owner, { now });
  const loaded = await load(owner);
  // A tab that heard late of somebody's leaving may have jotted on.
  owner.disk.jotter.clear({ butOf: owner.user });
  return loaded;
}
