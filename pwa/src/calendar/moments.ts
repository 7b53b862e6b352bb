/** Moments in words: on a day break, beside a conversation, in a header. Twelve or twenty-four hours as the device has it. */
import { computed } from "vue";
import type { EpochMs } from "#protocol/ids.ts";
import { locale, words } from "../words/words.ts";
import { dayName } from "./day.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

const { hourCycle } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
const time = inLocale({
  hour: "numeric",
  minute: "2-digit",
  ...(hourCycle === undefined ? {} : { hourCycle }),
});
const weekday = inLocale({ weekday: "long" });
const weekdayShort = inLocale({ weekday: "short" });
const date = inLocale({ weekday: "long", day: "numeric", month: "long" });
const dateShort = inLocale({ day: "numeric", month: "short" });

/** Made once for each language that is spoken: a formatter is dear to make. */
function inLocale(options: Intl.DateTimeFormatOptions): { format(at: EpochMs): string } {
  const made = computed(() => new Intl.DateTimeFormat(locale(), options));
  return { format: (at) => made.value.format(at) };
}

/** `14:05`, or `2:05 PM` where people say so. */
export function timeOfDay(at: EpochMs): string {
  return time.format(at);
}

/** The words of a day break: Today, Yesterday, Monday, or the date. */
export function dayWords(at: EpochMs, now: EpochMs): string {
  const name = dayName(at, now);
  switch (name.kind) {
    case "today":
      return words.day.today;
    case "yesterday":
      return words.day.yesterday;
    case "weekday":
      return weekday.format(at);
    case "date":
      return date.format(at);
    default:
      return name satisfies never;
  }
}

/** As short as a list has room for: the time today, else the day. */
export function shortMoment(at: EpochMs, now: EpochMs): string {
  const name = dayName(at, now);
  switch (name.kind) {
    case "today":
      return timeOfDay(at);
    case "yesterday":
      return words.day.yesterday;
    case "weekday":
      return weekdayShort.format(at);
    case "date":
      return dateShort.format(at);
    default:
      return name satisfies never;
  }
}

/** When somebody was last seen: `5 min ago`, `today at 14:05`, `Monday at 14:05`. */
export function agoWords(at: EpochMs, now: EpochMs): string {
  const ageMs = Math.max(0, now - at);
  if (ageMs < MINUTE_MS) return words.presence.justNow;
  if (ageMs < HOUR_MS) return words.presence.minutesAgo(Math.floor(ageMs / MINUTE_MS));
  const name = dayName(at, now);
  switch (name.kind) {
    case "today":
      return words.presence.todayAt(timeOfDay(at));
    case "yesterday":
      return words.presence.yesterdayAt(timeOfDay(at));
    case "weekday":
      return words.presence.dayAt(weekday.format(at), timeOfDay(at));
    case "date":
      return words.presence.dayAt(dateShort.format(at), timeOfDay(at));
    default:
      return name satisfies never;
  }
}

/** A moment in full, the days around by name: `Today, 14:05`, `Monday, 22 November, 14:05`. */
export function fullMoment(at: EpochMs, now: EpochMs): string {
  const name = dayName(at, now);
  const day = name.kind === "weekday" ? date.format(at) : dayWords(at, now);
  return words.day.at(day, timeOfDay(at));
}
