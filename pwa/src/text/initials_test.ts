import { expect, test } from "bun:test";
import { hueOf, initials } from "./initials.ts";

test.each([
  ["Alice", "A"],
  ["Alice Baker", "AB"],
  ["  mary  jane   watson ", "MW"],
  ["Élodie", "É"],
  ["李小龙", "李"],
  ["👩‍🚀 Explorer", "👩‍🚀E"],
  ["", "?"],
])("the initials of %j are %j", (name, expected) => {
  expect(initials(name)).toBe(expected);
});

test("the same id has the same hue each time, and other ids get others", () => {
  const ids = Array.from({ length: 50 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  const hues = ids.map(hueOf);
  expect(ids.map(hueOf)).toEqual(hues);
  expect(new Set(hues).size).toBeGreaterThan(4);
});
