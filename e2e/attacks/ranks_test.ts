import { expect, test } from "bun:test";
import { cliffsDelta, spreadOf } from "./ranks.ts";

test("heaps that lie apart are told apart altogether, in either direction", () => {
  expect(cliffsDelta([4, 5, 6], [1, 2, 3])).toBe(1);
  expect(cliffsDelta([1, 2, 3], [4, 5, 6])).toBe(-1);
});

test("heaps that are the same are not told apart", () => {
  expect(cliffsDelta([1, 2, 3], [3, 1, 2])).toBe(0);
  expect(cliffsDelta([7, 7], [7, 7, 7])).toBe(0);
});

test("counts pairs", () => {
  // Above in 2 of 6 pairs, below in 3, equal in 1.
  expect(cliffsDelta([2, 5], [1, 5, 9])).toBeCloseTo((2 - 3) / 6);
});

test("a few wild measurements do not move it, though they move a mean", () => {
  const calm = Array.from({ length: 200 }, (_, at) => at % 10);
  const wild = [...calm.slice(3), 9_000, 9_000, 9_000];
  expect(Math.abs(cliffsDelta(wild, calm))).toBeLessThan(0.05);
});

test("of heaps drawn alike it spreads as it says", () => {
  const draw = () => Array.from({ length: 50 }, Math.random);
  const deltas = Array.from({ length: 2_000 }, () => cliffsDelta(draw(), draw()));
  const measured = Math.sqrt(deltas.reduce((sum, delta) => sum + delta ** 2, 0) / deltas.length);
  expect(measured / spreadOf(50, 50)).toBeGreaterThan(0.9);
  expect(measured / spreadOf(50, 50)).toBeLessThan(1.1);
});
