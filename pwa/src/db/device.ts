/**
 * Whose device this is. Tabs share one database and may lag behind one another: a tab that still acts for a person who
 * has signed out elsewhere must not write into what belongs to the next. So every write goes through `writeAs`, which
 * looks in the same transaction, and `leave` clears the stores instead of deleting a database that others hold open.
 */
import type { Me, SealKey } from "#protocol/http.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Disk, Reading, Writing } from "./open.ts";
import type { STORES } from "./schema.ts";
import type { DeviceRow, EndedRow } from "./schema.ts";

/** What belongs to the person whose device this is. What is sealed belongs to whoever it was sealed for. */
const OWN = [
  "meta",
  "conversations",
  "messages",
  "outbox",
  "drafts",
] as const satisfies (typeof STORES)[number][];

/** The device belongs to somebody else by now, or to nobody. */
export class NotOurs extends Error {
  constructor() {
    super("Writing to this device: it belongs to another person by now.");
    this.name = "NotOurs";
  }
}

export async function deviceOf(tx: Reading): Promise<DeviceRow | null> {
  const row = await tx.objectStore("meta").get("device");
  return row?.only === "device" ? row : null;
}

export function readDevice(disk: Disk): Promise<DeviceRow | null> {
  return disk.read(deviceOf);
}

/** Writes on behalf of `user`. Rejects with `NotOurs` when the device is not theirs. */
export function writeAs<T>(
  { disk, user, strict = false }: { disk: Disk; user: UserId; strict?: boolean },
  body: (tx: Writing, device: DeviceRow) => Promise<T>,
): Promise<T> {
  return disk.write(
    async (tx) => {
      const device = await deviceOf(tx);
      if (device?.me.id !== user) throw new NotOurs();
      return body(tx, device);
    },
    { strict },
  );
}

async function endedOf(tx: Reading): Promise<EndedRow | null> {
  const row = await tx.objectStore("meta").get("ended");
  return row?.only === "ended" ? row : null;
}

export function readEnded(disk: Disk): Promise<EndedRow | null> {
  return disk.read(endedOf);
}

/**
 * Makes this the device of `me`: keeps what is here when it was theirs already, clears it otherwise. Resolves to false, and
 * changes nothing, when they have signed out of this very session here, and are not here `anew`.
 */
export async function adopt(disk: Disk, me: Me, { anew = true } = {}): Promise<boolean> {
  const was = await disk.write(async (tx) => {
    const device = await deviceOf(tx);
    const ended = await endedOf(tx);
    if (!anew && !device && ended?.session === me.session && !ended.lost) return "over";
    const kept = device?.me.id === me.id ? device : null;
    if (!kept) await clear(tx);
    // A tab that has slept since may have something left to seal.
    if (ended?.lost) await tx.objectStore("meta").put(ended);
    await tx.objectStore("meta").put({
      only: "device",
      me,
      epoch: kept?.epoch ?? null,
      cursor: kept?.cursor ?? 0,
      seal: kept?.seal ?? null,
      stale: kept?.stale ?? false,
      place: kept?.place ?? null,
    });
    return kept ? "theirs" : "another's";
  });
  if (was === "another's") disk.jotter.clear();
  return was !== "over";
}

/**
 * Forgets everything, unsent messages and drafts included, if the device still is in `session`. `toTell`: the server
 * does not know yet that the person left. Resolves to false when another session had taken the device over.
 */
export async function leave(
  disk: Disk,
  { session, toTell = false }: { session: SessionId; toTell?: boolean },
): Promise<boolean> {
  const left = await disk.write(async (tx) => {
    const device = await deviceOf(tx);
    if (device && device.me.session !== session) return false;
    await clear(tx);
    await tx.objectStore("meta").put({ only: "ended", session });
    if (toTell) await tx.objectStore("meta").put({ only: "leaving" });
    return true;
  });
  if (left) disk.jotter.clear();
  return left;
}

/** What unsent text of this person is sealed with here when their session is ended. */
export function keepSealKey(owner: { disk: Disk; user: UserId }, seal: SealKey): Promise<void> {
  return writeAs(owner, async (tx, device) => {
    await tx.objectStore("meta").put({ ...device, seal });
  });
}

/** Whether somebody left here while the server was out of reach. */
export function isLeaving(disk: Disk): Promise<boolean> {
  return disk.read(async (tx) => (await tx.objectStore("meta").get("leaving")) !== undefined);
}

export function hasLeft(disk: Disk): Promise<void> {
  return disk.write((tx) => tx.objectStore("meta").delete("leaving"));
}

/** Clears what belongs to the person whose device this was. */
export async function clear(tx: Writing): Promise<void> {
  await Promise.all(OWN.map((name) => tx.objectStore(name).clear()));
}
