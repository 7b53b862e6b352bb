import { expect, test } from "bun:test";
import { readArguments, SCENARIOS } from "./arguments.ts";

test("without arguments, every scenario is measured on the embedded stack", () => {
  const plan = readArguments([]);
  expect(plan).toMatchObject({ stack: "embedded", instances: 1, seconds: 10, quick: false });
  expect(plan.scenarios).toEqual([...SCENARIOS]);
});

test("--quick is short and small, unless told otherwise", () => {
  const quick = readArguments(["--quick"]);
  expect(quick).toMatchObject({ quick: true, seconds: 1, crowd: 400 });
  expect(quick.scenarios).not.toContain("pacing");
  expect(readArguments(["--quick", "--seconds", "4"])).toMatchObject({ seconds: 4, crowd: 400 });
  expect(readArguments(["--quick", "--scenario", "pacing"]).scenarios).toEqual(["pacing"]);
});

test("scenarios are measured in the order in which they were named", () => {
  expect(readArguments(["--scenario", "idle, latency"]).scenarios).toEqual(["idle", "latency"]);
});

test.each([
  [["--stack", "cloud"], "--stack"],
  [["--scenario", "latency,fly"], "--scenario"],
  [["--seconds", "0"], "--seconds"],
  [["--seconds", "1.5"], "--seconds"],
  [["--instances", "2"], "--stack full"],
  [["--bystanders", "1"], "--stack full"],
  [["--what"], "--what"],
])("%j is refused, and the words say why", (args, word) => {
  expect(() => readArguments(args)).toThrow(word);
});

test("two instances are for the full stack", () => {
  expect(readArguments(["--stack", "full", "--instances", "2"]).instances).toBe(2);
});
