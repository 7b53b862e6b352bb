import { expect, test } from "bun:test";
import type { Figure } from "../figures.ts";
import { chart } from "./chart.ts";

const FIGURES: Figure[] = [
  figure("send → receive p99", { product: 4, relay: 1, persisting: 2 }),
  figure("send → receive p50", { product: 1, relay: 1, persisting: 1 }),
  figure("clients late p99", { product: 1, relay: 1, persisting: 1 }),
  { ...figure("throughput", { product: 5_000, relay: null, persisting: 20_000 }), unit: "messages/s" },
];

test("shows the slowest hundredth and the throughput, a bar for each ground that has a value", () => {
  const svg = chart(FIGURES);
  expect(svg).toContain("send → receive p99");
  expect(svg).not.toContain("p50");
  expect(svg).not.toContain("clients late");
  const bars = svg.match(/<rect x="330"/g) ?? [];
  expect(bars).toHaveLength(5);
});

test("a longer bar is a larger value", () => {
  const widths = [...chart(FIGURES.slice(0, 1)).matchAll(/<rect x="330" y="\d+" width="(\d+)"/g)].map(
    ([, width]) => Number(width),
  );
  expect(widths).toEqual(widths.toSorted((a, b) => b - a));
});

test("words are kept from being markup", () => {
  expect(
    chart([{ ...figure("p99", { product: 1, relay: null, persisting: null }), setting: "p99 < 500 & more" }]),
  ).toContain("p99 &lt; 500 &amp; more");
});

test("nothing measured is an empty chart, not a broken one", () => {
  expect(chart([])).not.toContain("NaN");
});

function figure(measure: string, values: Figure["values"]): Figure {
  return { scenario: "latency", setting: "1/s each", measure, unit: "ms", values };
}
