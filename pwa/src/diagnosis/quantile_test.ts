import { expect, test } from "bun:test";
import { quantilesOf } from "./quantile.ts";

const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

test.each([
  ["nothing", [], null],
  ["one value", [7], { count: 1, p50: 7, p95: 7 }],
  ["two", [9, 1], { count: 2, p50: 1, p95: 9 }],
  ["a hundred, in any order", hundred, { count: 100, p50: 50, p95: 95 }],
])("of %s", (_what, values, quantiles) => {
  expect(quantilesOf(values)).toEqual(quantiles);
});
