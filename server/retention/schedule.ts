/** The retention's timetable inside an instance: days are made ahead, and the purge runs by a cron expression. */
import { Cron } from "croner";
import type { Logger } from "pino";

/** Days are made ahead this often, far more often than they are needed. */
const MAKE_DAYS_CRON = "17 */6 * * *";

export interface RetentionSchedule {
  stop(): void;
}

export interface ScheduleDeps {
  log: Logger;
  /** Cron expression in UTC; null: somebody else runs the purge (a CronJob). */
  purgeSchedule: string | null;
  makeDays: () => Promise<void>;
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

export function startRetention({ log, purgeSchedule, makeDays, purge }: ScheduleDeps): RetentionSchedule {
  const job = (expression: string, what: string, work: () => Promise<void>) =>
    new Cron(
      expression,
      {
        timezone: "UTC",
        // Never twice at once in this instance, however long one takes.
        protect: true,
        catch: (error) => log.error({ err: error }, `${what} failed; the next time will do the rest`),
      },
      work,
    );
  const jobs = [job(MAKE_DAYS_CRON, "making the coming days", makeDays)];
  if (purgeSchedule !== null) jobs.push(job(purgeSchedule, "the purge", purge));
  return {
    stop() {
      for (const one of jobs) one.stop();
    },
  };
}
