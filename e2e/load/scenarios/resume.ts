/** Somebody comes back after a week: a little behind, which is replayed, and far behind, which needs a snapshot. */
import type { ServerFrame } from "#protocol/frames.ts";
import type { Snapshot } from "#protocol/http.ts";
import { RESUME_MAX_EVENTS } from "#protocol/limits.ts";
import { Device } from "../device.ts";
import type { Person } from "../device.ts";
import type { Figure } from "../figures.ts";
import { makeCrowd, strangers } from "../people.ts";
import { quantilesOf } from "../quantiles.ts";
import { quantileFigures } from "./scenario.ts";
import type { Stage } from "./scenario.ts";

const QUICK = { events: 2_500, rounds: 5 };
const THOROUGH = { events: 5_000, rounds: 20 };

export async function resume(stage: Stage): Promise<Figure[]> {
  const { bench, plan } = stage;
  const { events, rounds } = plan.quick ? QUICK : THOROUGH;
  stage.say(`resume: writing a week of ${events} events`);
  const [person] = await makeCrowd(bench, { people: 2, events });
  const [stranger] = strangers(bench.relayUrl, { people: 1 });
  if (person === undefined || stranger === undefined) throw new Error("nobody to resume");
  const head = await headOf(person);
  const took = { replay: [] as number[], relay: [] as number[], snapshot: [] as number[] };
  stage.say("resume: coming back");
  for (let round = 0; round < rounds; round++) {
    took.replay.push(await replay(person, { from: head - RESUME_MAX_EVENTS, events: RESUME_MAX_EVENTS }));
    took.relay.push(await replay(stranger, { from: -RESUME_MAX_EVENTS, events: RESUME_MAX_EVENTS }));
    took.snapshot.push(await refetch(person, { from: head - events, head }));
  }
  const about = { scenario: "resume", measure: "hello → level" };
  return [
    ...quantileFigures(
      { ...about, setting: `${RESUME_MAX_EVENTS} events behind, replayed` },
      { product: quantilesOf(took.replay), relay: quantilesOf(took.relay) },
    ),
    ...quantileFigures(
      { ...about, setting: `${events} events and 7 days behind, by snapshot` },
      { product: quantilesOf(took.snapshot) },
    ),
  ];
}

/** The head of the person's inbox, as a device hears it that has nothing. */
async function headOf(person: Person): Promise<number> {
  const device = new Device(person, { marks: false });
  const welcome = next(device, (frame) => frame.type === "welcome");
  await device.connect();
  const frame = await welcome;
  device.close();
  return frame.type === "welcome" ? frame.cursor : 0;
}

/** From hello until as many events have come, ms. */
async function replay(person: Person, { from, events }: { from: number; events: number }): Promise<number> {
  const device = new Device(person, { marks: false });
  device.cursor = from;
  let heard = 0;
  const level = next(device, (frame) => frame.type === "event" && ++heard === events);
  const startedAt = performance.now();
  await device.connect();
  await level;
  const took = performance.now() - startedAt;
  device.close();
  return took;
}

/** From hello until the snapshot is here and a second hello is welcome, ms. */
async function refetch(person: Person, { from, head }: { from: number; head: number }): Promise<number> {
  const device = new Device(person, { marks: false });
  device.cursor = from;
  const resync = next(device, (frame) => frame.type === "resync");
  const startedAt = performance.now();
  await device.connect();
  await resync;
  const answer = await fetch(`${person.url}/api/snapshot`, { headers: { cookie: person.cookie } });
  const { cursor } = (await answer.json()) as Snapshot;
  if (cursor !== head) throw new Error(`the snapshot is of cursor ${cursor}, not of ${head}`);
  device.cursor = cursor;
  const welcome = next(device, (frame) => frame.type === "welcome");
  device.hello();
  await welcome;
  const took = performance.now() - startedAt;
  device.close();
  return took;
}

function next(device: Device, fits: (frame: ServerFrame) => boolean): Promise<ServerFrame> {
  const { promise, resolve } = Promise.withResolvers<ServerFrame>();
  device.handlers.heard = (frame) => {
    if (fits(frame)) resolve(frame);
  };
  return promise;
}
