/** One episode: people go on with their lives while things break; then all is mended, and everything must come to rest. */
import { converge, type Converged } from "./converge.ts";
import type { Resource } from "./fault.ts";
import type { Random } from "./random.ts";
import type { Episode, Planned } from "./schedule.ts";
import { startTraffic } from "./traffic.ts";
import type { World } from "./world.ts";

/** With nothing but the bus down, everything must be where it belongs within this time. */
const CONVERGE_WITHOUT_BUS_MS = 5_000;
/** A person who has to sign in again may have to wait for a second code. */
const SIGN_IN_WITHIN_MS = 75_000;
const LOOK_EVERY_MS = 50;
const PAGE_MESSAGES_PER_SECOND = 0.5;
/**
 * How many messages of a device may wait before its person holds back. Beyond that they would wait for this machine, not for the
 * product. With only the bus down each is answered at once.
 */
const WAITING_MANY = { any: 20, bus: 5 } as const;

export interface Happened {
  episode: number;
  kind: string;
  /** Since the round began. */
  atMs: number;
  tookMs: number;
}

export interface EpisodeReport {
  number: number;
  style: Episode["style"];
  happened: Happened[];
  messages: number;
  convergedAfterMs: number | null;
  /** What was missing every five seconds, and last of all. */
  waitedFor: string[];
}

export interface EpisodeOptions {
  random: Random;
  perSecond: number;
  /** When the round began, by `performance.now`. */
  startedAt: number;
  /** After the last fault everything must be where it belongs within this time. */
  restWithinMs: number;
}

export async function runEpisode(
  world: World,
  episode: Episode,
  { random, perSecond, startedAt, restWithinMs }: EpisodeOptions,
): Promise<EpisodeReport> {
  const { witness } = world;
  const before = witness.written.length;
  const traffic = startTraffic(world.crowd, { random, perSecond, waitingMany: WAITING_MANY[episode.style] });
  const stopPages = world.pages.write(PAGE_MESSAGES_PER_SECOND);
  const stopTraffic = async (): Promise<void> => void (await Promise.all([traffic.stop(), stopPages()]));
  const happened: Happened[] = [];
  const claim = createClaims();
  const run = async ({ fault, atMs, forMs, random }: Planned): Promise<void> => {
    await Bun.sleep(atMs);
    const release = await claim(fault.needs);
    const begunAt = performance.now();
    const one: Happened = {
      episode: episode.number,
      kind: fault.kind,
      atMs: Math.round(begunAt - startedAt),
      tookMs: 0,
    };
    happened.push(one);
    await fault.run(world, { random, forMs });
    one.tookMs = Math.round(performance.now() - begunAt);
    release();
  };
  const broken = episode.planned.map(run);
  const {
    afterMs: convergedAfterMs,
    waited,
    missing,
  } = episode.style === "bus"
    ? await withoutBus(world, { episode, run, stopTraffic, restWithinMs, random })
    : await afterAll(world, { broken, lengthMs: episode.lengthMs, stopTraffic, restWithinMs });
  const messages = witness.written.length - before;
  if (messages === 0) witness.breach({ rule: "people can write", detail: "nobody wrote in a whole episode" });
  return {
    number: episode.number,
    style: episode.style,
    happened,
    messages,
    convergedAfterMs,
    waitedFor: [...waited, ...missing],
  };
}

/** The schedule leaves time for a service to come back; on a busy machine it takes longer, and who needs it waits. */
function createClaims(): (needs: readonly Resource[]) => Promise<() => void> {
  const taken = new Map<Resource, Promise<void>>();
  return async (needs) => {
    const wanted = needs.filter((need) => need !== "none");
    const before = wanted.map((need) => taken.get(need));
    const { promise: over, resolve: release } = Promise.withResolvers<void>();
    for (const need of wanted) taken.set(need, over);
    await Promise.all(before);
    return release;
  };
}

interface Ending extends Pick<EpisodeOptions, "restWithinMs"> {
  stopTraffic: () => Promise<void>;
}

async function afterAll(
  world: World,
  { broken, lengthMs, stopTraffic, restWithinMs }: Ending & { broken: Promise<void>[]; lengthMs: number },
): Promise<Converged> {
  await Promise.all([Bun.sleep(lengthMs), ...broken]);
  await stopTraffic();
  return await rest(world, { withinMs: restWithinMs });
}

/** Only Kafka is away, for all of the episode; what was written must be everywhere while it still is. */
async function withoutBus(
  world: World,
  {
    episode,
    run,
    stopTraffic,
    restWithinMs,
    random,
  }: Ending & { episode: Episode; run: (planned: Planned) => Promise<void>; random: Random },
): Promise<Converged> {
  const { kafka } = world.backing.machines;
  const { promise: mended, resolve: mend } = Promise.withResolvers<void>();
  const dies = random.chance(0.5);
  const fault = {
    kind: dies ? "the bus alone killed" : "the bus alone paused",
    needs: ["kafka"],
    forMs: [0, 0],
    async run() {
      if (dies) await kafka.kill();
      else kafka.freeze();
      await mended;
      if (dies) await kafka.start();
      else kafka.thaw();
    },
  } as const;
  const broken = run({ fault, atMs: 0, forMs: 0, random });
  await Bun.sleep(episode.lengthMs);
  await stopTraffic();
  const converged = await rest(world, { withinMs: CONVERGE_WITHOUT_BUS_MS, exceptBus: true });
  mend();
  await broken;
  await rest(world, { withinMs: restWithinMs });
  return converged;
}

async function rest(world: World, limits: { withinMs: number; exceptBus?: boolean }): Promise<Converged> {
  await everybodySignedIn(world);
  const converged = await converge(world, limits);
  if (converged.afterMs !== null) return converged;
  world.witness.breach({
    rule: limits.exceptBus
      ? `with only the bus down, everything is everywhere within ${limits.withinMs} ms`
      : `everything is at rest ${limits.withinMs} ms after the last fault`,
    detail: `every five seconds: ${[...converged.waited, ...converged.missing].join("; ")}`,
  });
  return converged;
}

/** A lost session is noticed at the next ping; here each line pings now, so that who must sign in again knows it. */
async function everybodySignedIn({ crowd, pages, witness }: World): Promise<void> {
  for (const line of crowd.devices().flatMap((device) => device.lines)) line.check();
  const giveUpAt = Date.now() + SIGN_IN_WITHIN_MS;
  const outside = async (): Promise<string[]> => {
    // First, as a page may take half a minute, in which a device has long come in.
    const outsidePages = await pages.signBackIn();
    const devices = crowd.devices().filter((device) => device.wanted === "in" && !device.isSignedIn);
    return [...devices.map(({ database }) => database), ...outsidePages];
  };
  await Bun.sleep(LOOK_EVERY_MS);
  for (let names = await outside(); names.length > 0; names = await outside()) {
    if (Date.now() > giveUpAt) {
      return witness.breach({
        rule: `everybody can sign in again within ${SIGN_IN_WITHIN_MS} ms`,
        detail: names.join(", "),
      });
    }
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
