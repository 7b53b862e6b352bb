/** What people do all the time: write, in bursts too, type, and look at what came in. */
import type { Crowd, Person } from "./crowd.ts";
import type { Device } from "./device.ts";
import type { Random } from "./random.ts";

export interface Traffic {
  /** Resolves once nobody writes any more. */
  stop(): Promise<void>;
}

const TICK_MS = 25;
const BURST_CHANCE = 0.01;
const BURST = { from: 5, to: 20 };
const LONG_CHANCE = 0.01;
const LONG_CHARS = 3_500;
const TYPING_CHANCE = 0.05;
/** For each message that is written, how many are edited, deleted or reacted to, or contacts renamed. */
const MEDDLE_CHANCE = 0.12;
const READ_ALL_EVERY_TICKS = 200;
/** Who has no network, or sees many messages wait, writes some, not as much as if they were answered. */
const AWAY_SHARE = 0.2;

export interface TrafficOptions {
  random: Random;
  /** Messages of all people together. */
  perSecond: number;
  /** Whoever sees more of theirs wait on a device holds back there. */
  waitingMany: number;
}

export function startTraffic(crowd: Crowd, { random, perSecond, waitingMany }: TrafficOptions): Traffic {
  const underWay = new Set<Promise<void>>();
  let owed = 0;
  let ticks = 0;
  let lastAt = performance.now();

  function say(person: Person, device: Device): void {
    const lines = device.lines;
    if (lines.length === 0 || person.peers.length === 0) return;
    const line = random.pick(lines);
    const to = random.pick(person.peers);
    if (random.chance(TYPING_CHANCE)) line.typing(to.id);
    const text = random.chance(LONG_CHANCE) ? ` ${"x".repeat(LONG_CHARS)}` : "";
    track(crowd.write(person, { device, line, to, text }));
    if (random.chance(MEDDLE_CHANCE)) track(crowd.meddle({ device, line, to }));
  }

  function track(work: Promise<void>): void {
    const tracked = work.finally(() => underWay.delete(tracked));
    underWay.add(tracked);
  }

  const timer = setInterval(() => {
    const now = performance.now();
    // After a stall of this process the loss is not made up for at once.
    owed = Math.min(owed + ((now - lastAt) * perSecond) / 1_000, perSecond);
    lastAt = now;
    ticks += 1;
    if (ticks % READ_ALL_EVERY_TICKS === 0) crowd.readAll();
    while (owed >= 1) {
      const person = random.pick(crowd.people);
      const count = random.chance(BURST_CHANCE) ? random.between(BURST.from, BURST.to) : 1;
      owed -= count;
      if (person.devices.length === 0) continue;
      const device = random.pick(person.devices);
      if ((device.away || waitingOn(device) > waitingMany) && !random.chance(AWAY_SHARE)) continue;
      for (let message = 0; message < count; message++) say(person, device);
    }
  }, TICK_MS);

  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(underWay);
    },
  };
}

function waitingOn({ lines: [line] }: Device): number {
  return line?.unsent().length ?? 0;
}
