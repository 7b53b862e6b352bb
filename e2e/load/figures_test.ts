import { expect, test } from "bun:test";
import { aimMet, ratioTo } from "./figures.ts";
import type { Figure } from "./figures.ts";

test("a ratio says how many times the floor the product is", () => {
  expect(ratioTo("relay", figure({ product: 9, relay: 3 }))).toBe(3);
  expect(ratioTo("persisting", figure({ product: 5_000, persisting: 20_000 }))).toBe(0.25);
});

test("there is no ratio to a floor that was not taken, is zero, or to nothing", () => {
  expect(ratioTo("relay", figure({ product: 9 }))).toBeNull();
  expect(ratioTo("relay", figure({ product: 9, relay: 0 }))).toBeNull();
  expect(ratioTo("relay", figure({ relay: 9 }))).toBeNull();
  expect(ratioTo("relay", figure({ product: Number.NaN, relay: 9 }))).toBeNull();
});

test("an aim is met at its very number", () => {
  expect(aimMet({ ...figure({ product: 10 }), aim: { atMost: 10 } })).toBe(true);
  expect(aimMet({ ...figure({ product: 10.1 }), aim: { atMost: 10 } })).toBe(false);
  expect(aimMet({ ...figure({ product: 6 }), aim: { atLeast: 7 } })).toBe(false);
});

test("of an aim for the value and one for the ratio, both must be met", () => {
  const both = { aim: { atLeast: 12_000 }, aimRatio: { atLeast: 0.25 } };
  expect(aimMet({ ...figure({ product: 13_000, persisting: 40_000 }), ...both })).toBe(true);
  expect(aimMet({ ...figure({ product: 13_000, persisting: 60_000 }), ...both })).toBe(false);
});

test("without an aim, or without a figure, nothing was met or missed", () => {
  expect(aimMet(figure({ product: 1 }))).toBeNull();
  expect(aimMet({ ...figure({}), aim: { atMost: 1 } })).toBeNull();
});

function figure(values: Partial<Figure["values"]>): Figure {
  const none = { product: null, relay: null, persisting: null };
  return { scenario: "s", setting: "", measure: "m", unit: "ms", values: { ...none, ...values } };
}
