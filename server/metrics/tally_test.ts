import { expect, test } from "bun:test";
import { Registry } from "prom-client";
import { createState } from "./state.ts";
import { cellOf, createCount, createTally } from "./tally.ts";

test("a tally shows every value from the start, and what was counted since", async () => {
  const registry = new Registry();
  const cells = createTally(registry, {
    name: "t_total",
    help: "h",
    label: "kind",
    values: ["a", "b", "other"],
  });
  cells.a.count += 2;
  cellOf(cells, "b").count += 1;
  for (const value of ["x", "y", "constructor", "__proto__"]) cellOf(cells, value).count += 1;
  createCount(registry, { name: "c_total", help: "h" }).count += 7;
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await registry.metrics();
    expect(text).toContain('t_total{kind="a"} 2\nt_total{kind="b"} 1\nt_total{kind="other"} 4');
    expect(text).toContain("c_total 7");
  }
});

test("a tally without a place for other values does not invent one", () => {
  const cells = createTally(new Registry(), { name: "t_total", help: "h", label: "kind", values: ["a"] });
  expect(() => cellOf(cells, "b")).toThrow("no place");
});

test("a state that cannot be read is left out, and is back when it can", async () => {
  const registry = new Registry();
  let reading: Promise<{ s: number | null }> = Promise.resolve({ s: 3 });
  const refresh = createState(registry, { gauges: { s: "h" }, read: () => reading });
  const shown = async () => {
    await refresh();
    return /^s (.*)$/m.exec(await registry.metrics())?.[1];
  };
  expect(await shown()).toBe("3");
  reading = Promise.reject(new Error("away"));
  expect(await shown()).toBeUndefined();
  reading = Promise.resolve({ s: null });
  expect(await shown()).toBeUndefined();
  reading = Promise.resolve({ s: 4 });
  expect(await shown()).toBe("4");
});
