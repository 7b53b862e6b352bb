import { expect, test } from "bun:test";
import { quantilesOf } from "./quantiles.ts";

test("of the numbers from 1 to 1000, the quantiles are the numbers of their rank", () => {
  const shuffled = Array.from({ length: 1_000 }, (_, n) => ((n * 617) % 1_000) + 1);
  expect(quantilesOf(shuffled)).toEqual({ count: 1_000, p50: 500, p90: 900, p99: 990, max: 1_000 });
});

test("of a few samples, high quantiles are the highest sample and never beyond it", () => {
  expect(quantilesOf([3, 1, 2])).toEqual({ count: 3, p50: 2, p90: 3, p99: 3, max: 3 });
  expect(quantilesOf([7])).toEqual({ count: 1, p50: 7, p90: 7, p99: 7, max: 7 });
});

test("sorts as numbers, not as text", () => {
  expect(quantilesOf([10, 9, 100]).max).toBe(100);
  expect(quantilesOf([10, 9, 100]).p50).toBe(10);
});

test("of nothing, there is no number", () => {
  expect(quantilesOf([])).toEqual({ count: 0, p50: NaN, p90: NaN, p99: NaN, max: NaN });
});
