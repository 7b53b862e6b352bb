/**
 * Days as people on this device live them: from local midnight to local midnight, whatever the zone or daylight saving
 * does. Moments come in as epoch milliseconds, so a day is counted by its date, never by 24 hours.
 */
import type { EpochMs } from "#protocol/ids.ts";

/** How a day is best named, seen from `now`. */
export type DayName =
  | { kind: "today" }
  | { kind: "yesterday" }
  /** Within the last week: the name of the weekday is enough. */
  | { kind: "weekday"; at: EpochMs }
  | { kind: "date"; at: EpochMs };

const WEEK_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** The local day of a moment as `2026-11-22`: equal for two moments of the same day. */
export function dayKey(at: EpochMs): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

export function dayName(at: EpochMs, now: EpochMs): DayName {
  const age = dayNumber(now) - dayNumber(at);
  if (age === 0) return { kind: "today" };
  if (age === 1) return { kind: "yesterday" };
  if (age > 1 && age < WEEK_DAYS) return { kind: "weekday", at };
  return { kind: "date", at };
}

/** The first moment of the next local day. */
export function nextMidnight(now: EpochMs): EpochMs {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** Days since 1970 by the local calendar. The date's fields are read locally and counted in UTC, where days are even. */
function dayNumber(at: EpochMs): number {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS;
}

function pad(part: number): string {
  return String(part).padStart(2, "0");
}
