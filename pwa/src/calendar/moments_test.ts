import { expect, test } from "bun:test";
import { agoWords, dayWords, shortMoment, timeOfDay } from "./moments.ts";

const NOW = new Date("2026-11-22T14:30:00").getTime();
const MINUTE_MS = 60_000;

function at(text: string): number {
  return new Date(text).getTime();
}

test("a day break says Today, Yesterday, the weekday, then the date", () => {
  expect(dayWords(NOW, NOW)).toBe("Today");
  expect(dayWords(at("2026-11-21T00:00:00"), NOW)).toBe("Yesterday");
  expect(dayWords(at("2026-11-16T09:00:00"), NOW)).toBe("Monday");
  expect(dayWords(at("2026-11-15T09:00:00"), NOW)).toContain("November");
});

test("the list has room for the time today, else for the day", () => {
  expect(shortMoment(NOW, NOW)).toBe(timeOfDay(NOW));
  expect(shortMoment(at("2026-11-21T09:00:00"), NOW)).toBe("Yesterday");
  expect(shortMoment(at("2026-11-16T09:00:00"), NOW)).toBe("Mon");
  expect(shortMoment(at("2026-11-10T09:00:00"), NOW)).toBe("Nov 10");
});

test("last seen is told in minutes, then by day and time", () => {
  expect(agoWords(NOW - 59_000, NOW)).toBe("just now");
  expect(agoWords(NOW + MINUTE_MS, NOW)).toBe("just now");
  expect(agoWords(NOW - 5 * MINUTE_MS, NOW)).toBe("5 min ago");
  expect(agoWords(at("2026-11-22T08:05:00"), NOW)).toBe(`today at ${timeOfDay(at("2026-11-22T08:05:00"))}`);
  expect(agoWords(at("2026-11-21T08:05:00"), NOW)).toStartWith("yesterday at ");
  expect(agoWords(at("2026-11-18T08:05:00"), NOW)).toStartWith("Wednesday at ");
});
