import { afterAll, describe, expect, test } from "bun:test";
import { dayKey, dayName, nextMidnight } from "./day.ts";

const zone = process.env.TZ;
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe.each(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati"])(
  "in %s",
  (tz) => {
    function at(text: string): number {
      process.env.TZ = tz;
      return new Date(text).getTime();
    }

    test.each([
      ["2026-11-22T00:00:00", "2026-11-22T23:59:59", "today"],
      ["2026-11-21T23:59:59", "2026-11-22T00:00:00", "yesterday"],
      ["2026-11-20T23:59:59", "2026-11-22T00:00:00", "weekday"],
      ["2026-11-16T12:00:00", "2026-11-22T11:00:00", "weekday"],
      ["2026-11-15T12:00:00", "2026-11-22T11:00:00", "date"],
      ["2026-03-28T23:30:00", "2026-03-29T23:30:00", "yesterday"],
      ["2026-10-24T00:30:00", "2026-10-25T23:30:00", "yesterday"],
      ["2025-12-31T23:00:00", "2026-01-01T01:00:00", "yesterday"],
    ] as const)("%s seen from %s is %s", (then, now, kind) => {
      expect(dayName(at(then), at(now)).kind).toBe(kind);
    });

    test("a moment ahead of the clock is named by its date, not as a day of last week", () => {
      expect(dayName(at("2026-11-24T09:00:00"), at("2026-11-22T09:00:00")).kind).toBe("date");
    });

    test("a day begins and ends at local midnight", () => {
      expect(dayKey(at("2026-11-22T00:00:00"))).toBe("2026-11-22");
      expect(dayKey(at("2026-11-21T23:59:59.999"))).toBe("2026-11-21");
      expect(nextMidnight(at("2026-10-25T00:10:00"))).toBe(at("2026-10-26T00:00:00"));
    });
  },
);
