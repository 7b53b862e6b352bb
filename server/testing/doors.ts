/** For tests only: doors over one database and one clock, closed together. */
import type { EpochMs } from "#protocol/ids.ts";
import type { Db } from "../db/connect.ts";
import { openDoor } from "./door.ts";
import type { Door, DoorOptions } from "./door.ts";

export interface Doors {
  open(options?: Partial<DoorOptions>): Door;
  close(): Promise<void>;
}

export function createDoors({ db, clock }: { db: Db; clock: () => EpochMs }): Doors {
  const doors: Door[] = [];
  return {
    open(options) {
      const door = openDoor({ db, clock, ...options });
      doors.push(door);
      return door;
    },
    async close() {
      for (const door of doors) await door.close();
    },
  };
}
