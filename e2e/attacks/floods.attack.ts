/**
 * Attacks on a running instance with the limits it comes with: by strangers, and by people who are signed in. Each is refused or
 * bounded, nothing fails inside, and two people who have nothing to do with it talk on: all that they say arrives, and half of it
 * as fast as promised. `bun run attacks` prints how fast the rest: the attackers share this machine's cores, and others may too.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  CONNECTIONS_PER_USER_MAX,
  FLOOD_COSTS_RESUMES,
  RESUME_BURST,
  RESUMES_PER_SECOND,
} from "#protocol/limits.ts";
import { listenerOn, usageOf } from "../load/processes.ts";
import { quantilesOf } from "../load/quantiles.ts";
import { startTalk } from "./bystander.ts";
import { runStrike } from "./run_strike.ts";
import type { Outcome, StrikeName } from "./strikes.ts";
import { OWN_LIMITS, startTarget } from "./target.ts";
import type { Somebody, Target } from "./target.ts";

const SECONDS = 3;
/** The runtime gives a head ten seconds to come, and a connection has as long to say hello. On a busy machine it takes longer. */
const PATIENCE_SECONDS = 60;
/** What the instance comes with for a person: requests at once, and a second. */
const REQUEST_BURST = 120;
const REQUESTS_PER_SECOND = 20;
/** A flood of `SECONDS` may end late on a busy machine. */
const SECONDS_AT_MOST = 30;
/** For each attack others: who has flooded once comes back late. */
const ATTACKERS = 6;
const TEAMS = 7;
/** What half of the bystanders' messages take at most; on a machine that is slow by itself, so many times as long as in peace. */
const BYSTANDER_MS = 100;
const SLOWER_AT_MOST = 50;
const PEACE_MS = 1_500;
/** Several times what an instance of this size takes; what grows without bound goes far beyond it in no time. */
const MEMORY_MAX_BYTES = 400 * 1_024 ** 2;

let target: Target;
let bystanders: readonly [Somebody, Somebody];
let teams: Somebody[][];
/** Bodies that come a byte at a time, from before the floods until after them. */
let slowBodies: Promise<Outcome>;

beforeAll(async () => {
  target = await startTarget({ name: "attacked", env: OWN_LIMITS });
  const [alice, bob, ...others] = await target.people(2 + TEAMS * ATTACKERS);
  if (alice === undefined || bob === undefined) throw new Error("there are no bystanders");
  bystanders = [alice, bob];
  teams = Array.from({ length: TEAMS }, (_, at) => others.slice(at * ATTACKERS, (at + 1) * ATTACKERS));
  slowBodies = runStrike("slow bodies", { url: target.url, seconds: PATIENCE_SECONDS, cookies: [] });
});

afterAll(() => target[Symbol.asyncDispose]());

/** Attacks in all these ways at once while the bystanders talk; all that they say arrives, and in time. */
async function strike(names: StrikeName[], seconds: number): Promise<Outcome[]> {
  const talk = await startTalk(target.url, bystanders);
  const cookies = (teams.pop() ?? []).map(({ cookie }) => cookie);
  const outcomes = await Promise.all(
    names.map((name) => runStrike(name, { url: target.url, seconds, cookies })),
  );
  await expectInTime(quantilesOf(await talk.end()).p50);
  expect((await usageOf([listenerOn(target.port) ?? 0])).memoryBytes).toBeLessThan(MEMORY_MAX_BYTES);
  expect(outcomes.flatMap((outcome) => Object.keys(outcome)).filter((what) => what.startsWith("5"))).toEqual(
    [],
  );
  return outcomes;
}

/** A machine that is slow by itself is so in peace, too. */
async function expectInTime(tookMs: number): Promise<void> {
  if (tookMs < BYSTANDER_MS) return;
  const talk = await startTalk(target.url, bystanders);
  await Bun.sleep(PEACE_MS);
  expect(tookMs).toBeLessThan(SLOWER_AT_MOST * quantilesOf(await talk.end()).p50);
}

test("connections that never say what they want are closed, 10,000 of them, slow ones and silent ones", async () => {
  const names: StrikeName[] = ["half-open upgrades", "slow heads", "sockets without end"];
  const [halfOpen, slow, greedy] = await strike(names, PATIENCE_SECONDS);
  expect(halfOpen).toEqual({ opened: 10_000, closed: 10_000 });
  expect(slow).toEqual({ opened: 500, closed: 500 });
  const { accepted = 0, closed } = greedy ?? {};
  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThanOrEqual(CONNECTIONS_PER_USER_MAX);
  expect(closed).toBe(accepted);
});

describe("a flood is refused, and the rest goes on", () => {
  test.each<StrikeName>(["commands without pause", "control frames without pause", "hello without pause"])(
    "of %s",
    async (name) => {
      const [outcome] = await strike([name], SECONDS);
      expect(outcome?.["bursts"]).toBeGreaterThan(0);
      const resumes = RESUME_BURST + SECONDS_AT_MOST * RESUMES_PER_SECOND;
      expect(outcome?.["opened"]).toBeLessThanOrEqual(ATTACKERS * Math.ceil(resumes / FLOOD_COSTS_RESUMES));
    },
  );

  test("of snapshots, which one person gets a few of", async () => {
    const [outcome] = await strike(["snapshots without pause"], SECONDS);
    expect(outcome?.["200"]).toBeGreaterThan(0);
    expect(outcome?.["200"]).toBeLessThanOrEqual(REQUEST_BURST + SECONDS_AT_MOST * REQUESTS_PER_SECOND);
  });

  test("of codes, of which one network gets a few", async () => {
    const [outcome] = await strike(["codes without pause"], SECONDS);
    expect(outcome?.["202"]).toBeLessThanOrEqual(30);
    expect(outcome?.["429"]).toBeGreaterThan(0);
  });

  test("of requests by strangers, and of answers that nobody reads", async () => {
    await strike(
      ["health without pause", "forged cookies without pause", "answers that nobody reads"],
      SECONDS,
    );
  });
});

test("bodies that never end are cut off", async () => {
  expect(await slowBodies).toEqual({ opened: 500, closed: 500 });
});
