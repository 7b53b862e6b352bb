/**
 * Whose device this is. Tabs share one database and may lag behind one another: a tab that still acts for a person who
 * has signed out elsewhere must not write into what belongs to the next. So every write goes through `writeAs`, which
 * looks in the same transaction, and `leave` clears the stores instead of deleting a database that others hold open.
 */
import type { Me } from "#protocol/http.ts";
import type { SessionId, UserId } from "#protocol/ids.ts";
import type { Disk, Reading, Writing } from "./open.ts";
import { STORES } from "./schema.ts";
import type { DeviceRow } from "./schema.ts";

/** What the server has too. The other stores are all there is of what they hold. */
const COPIES = ["meta", "conversations", "messages"] as const;

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

/**
 * Makes this the device of `me`: keeps what is here when it was theirs already, and what they had not got sent when their
 * session was lost; clears the rest.
 */
export function adopt(disk: Disk, me: Me): Promise<void> {
  return disk.write(async (tx) => {
    const device = await deviceOf(tx);
    const kept = device?.me.id === me.id ? device : null;
    const unsent = await tx.objectStore("meta").get("kept");
    if (!kept && unsent?.only === "kept" && unsent.user === me.id) await clear(tx, COPIES);
    else if (!kept) await clear(tx);
    await tx.objectStore("meta").put({
      only: "device",
      me,
      epoch: kept?.epoch ?? null,
      cursor: kept?.cursor ?? 0,
    });
  });
}

/**
 * Forgets everything, unsent messages and drafts included, if the device still is in `session`. `toTell`: the server
 * does not know yet that the person left. `keepUnsent`: nobody wanted to leave, the session is just gone; then what the
 * person has not got sent waits for them. Resolves to false when another session had taken the device over.
 */
export function leave(
  disk: Disk,
  {
    session,
    toTell = false,
    keepUnsent = false,
  }: { session: SessionId; toTell?: boolean; keepUnsent?: boolean },
): Promise<boolean> {
  return disk.write(async (tx) => {
    const device = await deviceOf(tx);
    if (device && device.me.session !== session) return false;
    if (keepUnsent) return lose(tx, device);
    await clear(tx);
    if (toTell) await tx.objectStore("meta").put({ only: "leaving" });
    return true;
  });
}

/** Whether somebody left here while the server was out of reach. */
export function isLeaving(disk: Disk): Promise<boolean> {
  return disk.read(async (tx) => (await tx.objectStore("meta").get("leaving")) !== undefined);
}

export function hasLeft(disk: Disk): Promise<void> {
  return disk.write((tx) => tx.objectStore("meta").delete("leaving"));
}

/** Without a device row somebody left, or lost their session, before: what they left stays as it is. */
async function lose(tx: Writing, device: DeviceRow | null): Promise<true> {
  if (!device) return true;
  await clear(tx, COPIES);
  const [unsent, drafts] = await Promise.all([
    tx.objectStore("outbox").count(),
    tx.objectStore("drafts").count(),
  ]);
  if (unsent + drafts > 0) await tx.objectStore("meta").put({ only: "kept", user: device.me.id });
  return true;
}

async function clear(tx: Writing, names: readonly (typeof STORES)[number][] = STORES): Promise<void> {
  await Promise.all(names.map((name) => tx.objectStore(name).clear()));
}
