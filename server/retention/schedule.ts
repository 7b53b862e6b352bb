/**
 * The retention's timetable inside an instance: days are made ahead, and the purge runs by a cron expression. A purge that was
 * missed (the machine slept, Postgres was away, the purge failed half-way) is made up for within the hour, by whichever
 * instance sees it first.
 */
import { Cron } from "croner";
import type { Logger } from "pino";
import type { EpochMs } from "#protocol/ids.ts";
import type { Clock } from "../clock.ts";

/** Days are made ahead this often, far more often than they are needed, and a missed purge is looked for. */
const UPKEEP_CRON = "17 * * * *";

export interface RetentionSchedule {
  stop(): void;
}

export interface ScheduleDeps {
  log: Logger;
  clock: Clock;
  /** Cron expression in UTC; null: somebody else runs the purge (a CronJob). */
  purgeSchedule: string | null;
  makeDays: () => Promise<void>;
  /** When any instance last purged. */
  lastPurgeAt: () => Promise<EpochMs>;
  purge: () => Promise<void>;
}

/** True for a cron expression that `startRetention` can keep. */
export function isSchedule(expression: string): boolean {
  try {
    return new Cron(expression, { paused: true }).nextRun() !== null;
  } catch {
    // croner says why by throwing; the caller only wants to know whether.
    return false;
  }
}

/** True when the schedule named a moment since the last purge that has gone by. */
export function isOverdue(schedule: string, { lastAt, now }: { lastAt: EpochMs; now: EpochMs }) {
  const due = new Cron(schedule, { paused: true, timezone: "UTC" }).nextRun(new Date(lastAt));
  return due !== null && due.getTime() <= now;
}

export function startRetention(deps: ScheduleDeps): RetentionSchedule {
  const { log, clock, purgeSchedule, makeDays, lastPurgeAt, purge } = deps;
  const job = (expression: string, what: string, work: () => Promise<void>) =>
    new Cron(
      expression,
      {
        timezone: "UTC",
        // Never twice at once in this instance, however long one takes.
        protect: true,
        catch: (error) => log.error({ err: error }, `${what} failed; within the hour it is tried again`),
      },
      work,
    );
  const upkeep = job(UPKEEP_CRON, "the retention's upkeep", async () => {
    await makeDays();
    if (purgeSchedule === null) return;
    if (isOverdue(purgeSchedule, { lastAt: await lastPurgeAt(), now: clock() })) await purge();
  });
  void upkeep.trigger();
  const jobs = [upkeep];
  if (purgeSchedule !== null) jobs.push(job(purgeSchedule, "the purge", purge));
  return {
    stop() {
      for (const one of jobs) one.stop();
    },
  };
}
