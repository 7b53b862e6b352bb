import { expect, test } from "bun:test";
import { createCredits } from "./credits.ts";

const NOW = Date.UTC(2026, 10, 22);

test("a burst stays below what the server allows, then waits", () => {
  const credits = createCredits({ burst: 40, perSecond: 10 });
  const waits = Array.from({ length: 31 }, () => credits.take(NOW));
  expect(waits.slice(0, 30).every((waitMs) => waitMs === 0)).toBe(true);
  expect(waits[30]).toBe(134);
});

test("who waits as long as told gets a credit", () => {
  const credits = createCredits({ burst: 1, perSecond: 10 });
  expect(credits.take(NOW)).toBe(0);
  const waitMs = credits.take(NOW);
  expect(credits.take(NOW + waitMs)).toBe(0);
});

test("a clock that is set back costs nothing", () => {
  const credits = createCredits({ burst: 40, perSecond: 10 });
  credits.take(NOW);
  expect(credits.take(NOW - 60_000)).toBe(0);
});
