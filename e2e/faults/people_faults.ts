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
/** So much later tabs hear what became of what they sent: by then the other one has sent the same. */
const LATE_MS = 1_000;
const BOTH_SENT_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 20;

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

function pickWriter({ crowd }: World, { random, hasLocks }: { random: Random; hasLocks: boolean }) {
  const chosen = crowd.people.flatMap((person) => {
    const [device] = person.devices;
    return device?.isSignedIn && device.hasLocks === hasLocks ? [{ person, device }] : [];
  });
  return chosen.length > 0 ? random.pick(chosen) : null;
}

/** Ends with one of them closed, whatever it was in the middle of. */
async function withTwoTabs(
  device: Device,
  { random, forMs }: { random: Random; forMs: number },
  body: () => Promise<void>,
): Promise<void> {
  const second = await device.openTab();
  await Bun.sleep(forMs);
  await body();
  await Bun.sleep(random.between(0, SETTLE_MS));
  await device.closeTab(random.chance(0.5) ? second : (device.tabs[0] ?? second));
}

function reconnect(device: Device): void {
  for (const line of device.lines) line.tryNow();
}

async function until(condition: () => boolean, withinMs: number): Promise<boolean> {
  const giveUpAt = performance.now() + withinMs;
  while (!condition()) {
    if (performance.now() > giveUpAt) return false;
    await Bun.sleep(LOOK_EVERY_MS);
  }
  return true;
}

function away(fault: Omit<Fault, "needs" | "run">): Fault {
  return {
    ...fault,
    needs: ["devices"],
    async run(world, { random, forMs }) {
      const devices = some(world, random);
      offline(devices, true);
      for (const device of devices) device.away = true;
      await Bun.sleep(forMs);
      for (const device of devices) device.away = false;
      offline(devices, false);
      for (const line of devices.flatMap((device) => device.lines)) line.check();
    },
  };
}

export const PEOPLE_FAULTS: Fault[] = [
  away({ kind: "device offline", forMs: [2_000, 10_000] }),
  away({ kind: "device offline for minutes", forMs: [60_000, 150_000], rare: 0.75, long: true }),
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
      // Where there are no locks, both tabs do send all of it.
      const chosen = pickWriter(world, { random, hasLocks: false });
      if (!chosen) return;
      await withTwoTabs(chosen.device, { random, forMs }, async () => {
        const { device } = chosen;
        const before = device.sentByTwo;
        offline([device], true);
        await writeMany(world, chosen);
        device.wire.onNew((carried) => carried.delay("down", LATE_MS));
        offline([device], false);
        const sent = await until(() => (reconnect(device), device.sentByTwo > before), BOTH_SENT_WITHIN_MS);
        if (!sent) world.witness.note("two tabs did not send the same");
        device.wire.onNew(null);
        for (const carried of device.wire.carried()) carried.delay("down", 0);
      });
    },
  },
  {
    kind: "outbox left to another tab",
    needs: ["devices", "tabs"],
    forMs: [500, 1_500],
    async run(world, { random, forMs }) {
      const chosen = pickWriter(world, { random, hasLocks: true });
      if (!chosen) return;
      await withTwoTabs(chosen.device, { random, forMs }, async () => {
        offline([chosen.device], true);
        await writeMany(world, chosen);
        offline([chosen.device], false);
        reconnect(chosen.device);
      });
    },
  },
  {
    kind: "signed out and in",
    needs: ["sessions", "tabs"],
    forMs: [200, 1_000],
    rare: 0.5,
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
      // In the order in which the writers lock them, or one of both is told of a deadlock.
      await world.db`
        with locked as (
          select user_id from inbox_heads where user_id = any(${people.map(({ id }) => id)}::uuid[]) order by user_id for update
        )
        update inbox_heads set floor = head from locked where inbox_heads.user_id = locked.user_id`;
      offline(devices, false);
    },
  },
];
