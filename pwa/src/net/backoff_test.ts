import { expect, test } from "bun:test";
import { backoffMs } from "./backoff.ts";

const latest = (failures: number): number => backoffMs(failures, () => 1);

test("the bound starts at half a second and doubles with every failure in a row", () => {
  expect([1, 2, 3, 4].map(latest)).toEqual([500, 1_000, 2_000, 4_000]);
});

test("the bound never passes half a minute", () => {
  expect(latest(7)).toBe(30_000);
  expect(latest(1_000)).toBe(30_000);
});

test("any moment up to the bound may be drawn, so that clients do not return together", () => {
  expect(backoffMs(3, () => 0)).toBe(0);
  expect(backoffMs(3, () => 0.25)).toBe(500);
});
