import { expect, test } from "bun:test";
import type { Figure } from "../figures.ts";
import { table } from "./markdown.ts";
import { shown } from "./numbers.ts";

const FIGURE: Figure = {
  scenario: "latency",
  setting: "1/s each",
  measure: "send → receive p99",
  unit: "ms",
  values: { product: 4.5678, relay: 0.5, persisting: null },
  aim: { atMost: 10 },
};

test("a row has the figure, its floors, how many times they are, and whether the aim was met", () => {
  const [, , row] = table([FIGURE]).split("\n");
  expect(row).toBe("| 1/s each | send → receive p99 | ms | 4.57 | 0.5 | 9.14 | – | – | ✓ ≤ 10 |");
});

test("a missed aim is marked, and one for the ratio is named", () => {
  const [, , row] = table([
    {
      ...FIGURE,
      values: { product: 5_000, relay: null, persisting: 40_000 },
      aim: { atLeast: 12_000 },
      aimRatio: { atLeast: 0.25 },
    },
  ]).split("\n");
  expect(row).toContain("| 5,000 | – | – | 40,000 | 0.125 | ✗ ≥ 12,000, ≥ 0.25 × persisting |");
});

test("numbers show what counts of them", () => {
  expect([0, 0.012345, 12.345, 999.9, 12_345.6, null, Number.NaN].map(shown)).toEqual([
    "0",
    "0.0123",
    "12.3",
    "1000",
    "12,346",
    "–",
    "–",
  ]);
});
