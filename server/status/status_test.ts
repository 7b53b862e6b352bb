import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startStack } from "../testing/stack.ts";
import type { Stack } from "../testing/stack.ts";
import { readSamples, sumOf } from "./exposition.ts";
import { readStatus, readStatusArguments } from "./status.ts";
import { ageText, table } from "./words.ts";

describe("the status of a running instance", () => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack("embedded");
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  test("names every dependency with its latency, and the numbers", async () => {
    const { text, well } = await readStatus({ url: stack.urls[0], metricsUrl: metricsUrl() });
    expect(well).toBe(true);
    for (const dependency of ["postgres", "store", "bus"]) {
      expect(text).toMatch(new RegExp(`^${dependency} +up +\\d+\\.\\d ms$`, "m"));
    }
    expect(text).toMatch(/^connections +0$/m);
    expect(text).toMatch(/^outbox +0$/m);
    expect(text).toMatch(/^last purge +(now|\d+ s ago)$/m);
  });

  test("goes without numbers where none are shown, and says so", async () => {
    const without = await readStatus({ url: stack.urls[0], metricsUrl: null });
    expect(without).toMatchObject({ well: true, text: expect.stringContaining("METRICS_PORT") });
    const wrong = await readStatus({ url: stack.urls[0], metricsUrl: `${stack.urls[0]}/metrics` });
    expect(wrong.text).toContain("No numbers");
  });

  function metricsUrl(): string {
    return stack.apps[0]?.metricsUrl ?? "";
  }
});

describe("the status of an instance in trouble", () => {
  test("is not well when nobody answers", async () => {
    const status = await readStatus({ url: "http://127.0.0.1:1", metricsUrl: null });
    expect(status).toMatchObject({ well: false, text: expect.stringContaining("does not answer") });
  });

  test("is not well while a dependency is down", async () => {
    const dependencies = { postgres: "up", bus: "down" };
    using server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: () => Response.json({ ready: true, dependencies, latenciesMs: { postgres: 1.25, bus: 0 } }),
    });
    const status = await readStatus({ url: `http://127.0.0.1:${server.port}`, metricsUrl: null });
    expect(status.well).toBe(false);
    expect(status.text).toMatch(/^bus +down +0\.0 ms$/m);
  });
});

describe("where the status asks", () => {
  const here = { url: "http://127.0.0.1:3000/health/ready", metricsPort: 9464 };

  test("is this machine, unless it is told otherwise", () => {
    expect(readStatusArguments([], here)).toEqual({
      url: "http://127.0.0.1:3000",
      metricsUrl: "http://127.0.0.1:9464/metrics",
    });
    expect(readStatusArguments(["https://10.0.0.5/"], here)).toEqual({
      url: "https://10.0.0.5",
      metricsUrl: "http://10.0.0.5:9464/metrics",
    });
    expect(readStatusArguments(["--metrics", "http://x:1/m"], here).metricsUrl).toBe("http://x:1/m");
    expect(readStatusArguments([], { ...here, metricsPort: null }).metricsUrl).toBeNull();
  });
});

describe("the words of a status", () => {
  test("line up in columns", () => {
    expect(
      table([
        ["a", "long cell", "x"],
        ["bb", "c"],
      ]),
    ).toBe("a   long cell  x\nbb  c");
  });

  test("tell an age in the unit that says most", () => {
    const ages = [0, 59, 119, 7_199, 7_200, 172_800].map(ageText);
    expect(ages).toEqual(["now", "59 s ago", "119 s ago", "119 minutes ago", "2 hours ago", "2 days ago"]);
  });
});

test("samples are read with their labels, and summed over their series", () => {
  const samples = readSamples('# TYPE a counter\na{x="1",y="a\\"}b"} 2\na{x="2"} 3\nb 1.5e-3\n');
  expect(samples).toHaveLength(3);
  expect(samples[0]).toEqual({ name: "a", labels: { x: "1", y: 'a\\"}b' }, value: 2 });
  expect([sumOf(samples, "a"), sumOf(samples, "b"), sumOf(samples, "c")]).toEqual([5, 0.0015, null]);
});
