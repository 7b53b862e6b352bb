import type { UserId } from "#protocol/ids.ts";
import { writeAs } from "./device.ts";
import type { Disk, Reading } from "./open.ts";
import type { Timing } from "./schema.ts";

export function keepTimings(owner: { disk: Disk; user: UserId }, timings: Timing[]): Promise<void> {
  return writeAs(owner, async (tx) => {
    await tx.objectStore("meta").put({ only: "timings", timings });
  });
}

export async function readTimings(tx: Reading): Promise<Timing[]> {
  const row = await tx.objectStore("meta").get("timings");
  return row?.only === "timings" ? row.timings : [];
}
