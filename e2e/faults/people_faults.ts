/** What people and their devices do that code is not always ready for. */
import type { Person } from "./crowd.ts";
import type { Device } from "./device.ts";
import type { Fault } from "./fault.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const SHARE = 0.25;
const HOUR_MS = 60 * 60 * 1_000;
const FLUSHED_MESSAGES = 10;
const SETTLE_MS = 1_000;
const LOCKLESS_SHARE = 0.75;

function some({ crowd }: World, random: Random): Device[] {
  const ready = crowd.devices().filter((device) => device.isSignedIn);
  return ready.filter(() => random.chance(SHARE));
}

function offline(devices: readonly Device[], value: boolean): void {
  for (const { wire } of devices) {
    wire.shut(value);
    if (value) wire.carried().forEach((carried) => carried.cut());
  }
}

async function writeMany(world: World, { person, device }: { person: Person; device: Device }) {
  for (let count = 0; count < FLUSHED_MESSAGES; count++) {
    for (const line of device.lines) {
      const to = person.peers[count % person.peers.length];
      if (to) await world.crowd.write(person, { device, line, to });
    }
  }
}

export const PEOPLE_FAULTS: Fault[] = [
  {
    kind: "device offline",
    needs: ["devices"],
    forMs: [2_000, 10_000],
    async run(world, { random, forMs }) {
      const devices = some(world, random);
      offline(devices, true);
      await Bun.sleep(forMs);
      offline(devices, false);
      for (const line of devices.flatMap((device) => device.lines)) line.check();
    },
  },
  {
    kind: "reload",
    needs: ["tabs"],
    forMs: [0, 0],
    async run(world, { random }) {
      await Promise.all(some(world, random).map((device) => device.reload()));
    },
  },
  {
    kind: "outbox flushed by two tabs at once",
    needs: ["devices", "tabs"],
    forMs: [500, 1_500],
    async run(world, { random, forMs }) {
      const ready = world.crowd.people.filter(({ devices }) => devices[0]?.isSignedIn);
      // Where there are no locks, both tabs do send all of it.
      const lockless = ready.filter(({ devices }) => !devices[0]?.hasLocks);
      const people = lockless.length > 0 && random.chance(LOCKLESS_SHARE) ? lockless : ready;
      const person = people.length > 0 ? random.pick(people) : undefined;
      const device = person?.devices[0];
      if (!person || !device) return;
      const second = await device.openTab();
      await Bun.sleep(forMs);
      offline([device], true);
      await writeMany(world, { person, device });
      offline([device], false);
      for (const line of device.lines) line.tryNow();
      await Bun.sleep(SETTLE_MS);
      await device.closeTab(random.chance(0.5) ? second : (device.tabs[0] ?? second));
    },
  },
  {
    kind: "signed out and in",
    needs: ["sessions", "tabs"],
    forMs: [200, 1_000],
    rare: true,
    async run(world, { random, forMs }) {
      const ready = world.crowd.devices().filter((device) => device.isSignedIn);
      const device = ready.length > 0 ? random.pick(ready) : undefined;
      await device?.signOut();
      await Bun.sleep(forMs);
      // Who asks for a code twice within half a minute waits; the others need not wait for that.
      void device?.signInAgain();
    },
  },
  {
    kind: "clock an hour off",
    needs: ["none"],
    forMs: [0, 0],
    async run(world, { random }) {
      for (const device of some(world, random)) device.clockOffMs += random.chance(0.5) ? HOUR_MS : -HOUR_MS;
    },
  },
  {
    kind: "floor raised",
    needs: ["devices", "postgres"],
    forMs: [1_000, 3_000],
    async run(world, { random, forMs }) {
      const people = world.crowd.people.filter(() => random.chance(SHARE));
      const devices = people.flatMap((person) => person.devices);
      offline(devices, true);
      await Bun.sleep(forMs);
      await world.db`
        update inbox_heads set floor = head where user_id = any(${people.map(({ id }) => id)}::uuid[])`;
      offline(devices, false);
    },
  },
];
