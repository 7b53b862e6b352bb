/** A round: services, instances and people are set up, broken for a while, and judged. */
import postgres from "postgres";
import type { Sql } from "postgres";
import { makeAccounts } from "./admin.ts";
import type { RoundOptions } from "./arguments.ts";
import { type Backing, startBacking } from "./backing.ts";
import { checkDevices, checkWritten, type DeviceState } from "./check_devices.ts";
import { checkServer, readTruth, type Truth } from "./check_server.ts";
import { converge } from "./converge.ts";
import { gatherCrowd } from "./crowd.ts";
import { type Durable, watchDurable } from "./durable.ts";
import { type EpisodeReport, runEpisode } from "./episode.ts";
import { scrollUp } from "./fill.ts";
import { startFleet } from "./fleet.ts";
import { openPages, pageName } from "./pages.ts";
import { plantNamed } from "./planted/plants.ts";
import { checkPresence, type PresenceTimes } from "./presence.ts";
import { createRandom, type Random } from "./random.ts";
import { countKinds, type Report, writeReport } from "./report.ts";
import { createSchedule, type ScheduleOptions } from "./schedule.ts";
import { createWitness, type Witness } from "./witness.ts";
import type { World } from "./world.ts";

const RIG_CONNECTIONS = 4;
const MINUTE_MS = 60 * 1_000;
/** After the last fault everything must be where it belongs within this time. What a planted bug broke never is. */
const REST_WITHIN_MS = 30_000;
const PLANTED_REST_WITHIN_MS = 12_000;
const PLANTED_EPISODE_MS = 8_000;
/** A long round spends less of its time on coming to rest. */
const LONG_MINUTES = 10;
const LONG_EPISODE_MS = 45_000;
/** Marks that were still on their way move the truth under the checker: it looks again, so often at most. */
const LOOKS_MAX = 10;
const LOOK_WITHIN_MS = 5_000;

export interface Round {
  report: Report;
  /** Path of the readable report. */
  path: string;
}

export async function runRound(options: RoundOptions, say: (line: string) => void): Promise<Round> {
  const startedAt = new Date().toISOString();
  const beganAt = performance.now();
  await using undo = new AsyncDisposableStack();
  const random = createRandom(options.seed);
  const world = await setUp(options, { random, undo });
  say(`${world.crowd.people.length} people on ${options.instances} instances, seed ${options.seed}`);

  const episodes: EpisodeReport[] = [];
  let messages = 0;
  let presence: PresenceTimes | null = null;
  try {
    await runEpisodes(world, { options, random, say, episodes });
    const mendedAt = performance.now();
    messages = await judge(world);
    if (options.plant === null) presence = await checkPresence(world, { mendedAt });
  } catch (error) {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    world.witness.breach({ rule: "a round comes to its end", detail });
  }
  const report: Report = {
    options,
    startedAt,
    tookSeconds: (performance.now() - beganAt) / 1_000,
    faults: episodes.reduce((sum, { happened }) => sum + happened.length, 0),
    faultsByKind: countKinds(episodes),
    messages,
    acks: world.witness.acks,
    devices: world.crowd.devices().length,
    pages: options.pages,
    episodes,
    presence,
    breaches: world.witness.breaches,
    notes: Object.fromEntries(world.witness.notes),
  };
  return { report, path: await writeReport(report) };
}

interface Setting {
  random: Random;
  undo: AsyncDisposableStack;
}

async function setUp(options: RoundOptions, { random, undo }: Setting): Promise<World> {
  const witness = createWitness();
  const durable = watchDurable();
  durable.onBackward((database, detail) =>
    witness.breach({ rule: "marks on a device only go forward", detail: `${database}: ${detail}` }),
  );
  const backing = await startBacking(options.instances);
  undo.defer(() => backing.stop());
  const db = openDirect(backing);
  undo.defer(() => db.end({ timeout: 1 }));
  return await populate(options, { random, undo, witness, durable, backing, db });
}

interface Ground extends Setting {
  witness: Witness;
  durable: Durable;
  backing: Backing;
  db: Sql;
}

async function populate(options: RoundOptions, ground: Ground): Promise<World> {
  const { random, undo, witness, durable, backing, db } = ground;
  const fleet = await startFleet(backing, options);
  undo.defer(() => fleet.stop());
  const accounts = await makeAccounts(options.people, {
    env: fleet.adminEnv,
    db,
    random: random.branch("people"),
  });
  const pages = await openPages({
    accounts: accounts.slice(0, options.pages),
    origin: fleet.origin,
    mailbox: backing.mailbox,
    witness,
    random: random.branch("pages"),
  });
  undo.defer(() => pages.close());
  const crowd = await gatherCrowd({
    accounts: accounts.slice(options.pages),
    fleet,
    mailbox: backing.mailbox,
    durable,
    witness,
    random: random.branch("crowd"),
    secondDevices: options.plant === null,
  });
  undo.defer(() => crowd.close());
  return { backing, fleet, crowd, pages, db, durable, witness };
}

function openDirect(backing: Backing): Sql {
  return postgres(backing.direct.databaseUrl, { max: RIG_CONNECTIONS, onnotice: () => {} });
}

interface Running {
  options: RoundOptions;
  random: Random;
  say: (line: string) => void;
  /** What happened, added to as it goes. */
  episodes: EpisodeReport[];
}

async function runEpisodes(world: World, { options, random, say, episodes }: Running): Promise<void> {
  const nextEpisode = createSchedule(random.branch("schedule"), scheduleOptions(options));
  const startedAt = performance.now();
  while (performance.now() - startedAt < options.minutes * MINUTE_MS && world.witness.breaches.length === 0) {
    const episode = nextEpisode(episodes.length);
    const report = await runEpisode(world, episode, {
      random: random.branch(`traffic ${episode.number}`),
      perSecond: options.perSecond,
      startedAt,
      restWithinMs: options.plant === null ? REST_WITHIN_MS : PLANTED_REST_WITHIN_MS,
    });
    episodes.push(report);
    say(
      `episode ${report.number} (${report.style}): ${report.happened.length} faults, ${report.messages} messages, ` +
        `at rest after ${report.convergedAfterMs ?? "never"} ms`,
    );
  }
}

/** A planted bug is asked for by the faults that bring it to light, and need not be looked for long. */
function scheduleOptions({ only, plant, minutes }: RoundOptions): ScheduleOptions {
  if (plant !== null) return { only: plantNamed(plant).kinds, episodeMs: PLANTED_EPISODE_MS };
  return minutes < LONG_MINUTES ? { only } : { only, episodeMs: LONG_EPISODE_MS, long: true };
}

/** Compares everything with everything. Resolves to how many messages are stored. */
async function judge(world: World): Promise<number> {
  const { crowd, db, witness } = world;
  for (const device of crowd.devices()) await scrollUp(device);
  const { truth, states } = await look(world);
  checkServer(truth, witness);
  checkDevices(truth, states, witness);
  checkWritten(truth, states, witness);
  return truth.messages.length;

  /** The truth and every device at one moment: nothing moved while they were read. */
  async function look(deps: World): Promise<{ truth: Truth; states: DeviceState[] }> {
    for (let looks = 1; ; looks++) {
      // What did not come to rest is a breach already, and will not be waited for again.
      await converge(deps, { withinMs: witness.breaches.length > 0 ? 0 : LOOK_WITHIN_MS });
      const truth = await readTruth(db);
      const states = await readDevices(deps);
      const [moved] = await db<{ heads: number }[]>`select sum(head)::float8 as heads from inbox_heads`;
      const seen = truth.heads.values().reduce((sum, head) => sum + head, 0);
      const still = moved?.heads === seen && states.every(isSettled);
      if (still || looks === LOOKS_MAX) return { truth, states };
    }
  }
}

/** Nothing was read on it that the server does not know. */
function isSettled({ signedIn, dump }: DeviceState): boolean {
  return !signedIn || dump.conversations.every(({ toRead }) => toRead === null);
}

async function readDevices({ crowd, pages }: World): Promise<DeviceState[]> {
  const states: DeviceState[] = [];
  for (const { account, dump } of pages.people) {
    const name = pageName(account);
    states.push({ name, user: account.id, leftAt: 0, signedIn: true, isWhole: false, dump: await dump() });
  }
  for (const person of crowd.people) {
    for (const device of person.devices) {
      const { database: name, leftAt, wanted } = device;
      const dump = await device.dump();
      states.push({ name, user: person.id, leftAt, signedIn: wanted === "in", isWhole: true, dump });
    }
  }
  return states;
}
