import type { Me } from "#protocol/http.ts";
import { deviceOf } from "./device.ts";
import type { Disk } from "./open.ts";
import { addOwn } from "./sealed.ts";
import type { Own } from "./sealed.ts";

/**
 * A browser may empty a device under its tabs. Whoever still has a person's unsent words in memory puts them back, and a
 * snapshot fills the rest. False when the device is empty or another's because a session ended: that is not to be undone.
 */
export function refill(disk: Disk, { me, own }: { me: Me; own: Own }): Promise<boolean> {
  return disk.write(
    async (tx) => {
      const meta = tx.objectStore("meta");
      const device = await deviceOf(tx);
      const ended = await meta.get("ended");
      const isOver = ended?.only === "ended" && ended.session === me.session;
      if (device ? device.me.session !== me.session : isOver) return false;
      if (!device) await meta.put({ only: "device", me, epoch: null, cursor: 0, seal: null, stale: false });
      await addOwn(tx, own);
      return true;
    },
    { strict: true },
  );
}
