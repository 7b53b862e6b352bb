/** The devices of a scenario, in pairs of contacts: those at 0 and 1, 2 and 3, and so on. */
import { HEARTBEAT_MS } from "#protocol/limits.ts";
import { Device } from "./device.ts";
import type { Person } from "./device.ts";

/** Sockets that are opened at the same time. */
const OPENING_AT_ONCE = 200;
const TRIES = 5;
const TRY_AGAIN_MS = 300;

export interface Crew {
  devices: Device[];
  peerOf(index: number): Device;
  close(): void;
}

/** Connects everybody, and keeps them connected. `marks`: whether they say what they have received. */
export async function gather(people: Person[], { marks }: { marks: boolean }): Promise<Crew> {
  const devices = people.map((person) => new Device(person, { marks }));
  await connectAll(devices, { atOnce: OPENING_AT_ONCE });
  for (const device of devices) device.keepBeating(HEARTBEAT_MS);
  return crewOf(devices);
}

export function crewOf(devices: Device[]): Crew {
  return {
    devices,
    peerOf(index) {
      const peer = devices[index ^ 1];
      if (peer === undefined) throw new Error(`nobody is the peer of number ${index}`);
      return peer;
    },
    close() {
      for (const device of devices) device.close();
    },
  };
}

export interface Connected {
  /** How long each took, with its repeats, ms. */
  took: number[];
  /** Attempts that failed and were repeated. */
  failures: number;
}

/** Connects devices, so many at a time. Rejects when one cannot be connected in several tries. */
export async function connectAll(devices: Device[], { atOnce }: { atOnce: number }): Promise<Connected> {
  const waiting = devices.values();
  const connected: Connected = { took: [], failures: 0 };
  async function work() {
    for (const device of waiting) {
      const startedAt = performance.now();
      const failures = await connectPatiently(device);
      connected.failures += failures;
      connected.took.push(performance.now() - startedAt);
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, devices.length) }, work));
  return connected;
}

/** Returns how many attempts failed before one did not. */
async function connectPatiently(device: Device): Promise<number> {
  for (let failures = 0; ; failures++) {
    try {
      await device.connect();
      return failures;
    } catch (error) {
      if (failures + 1 >= TRIES) throw error;
      await Bun.sleep(TRY_AGAIN_MS);
    }
  }
}
