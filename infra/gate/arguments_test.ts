import { expect, test } from "bun:test";
import { readArguments } from "./arguments.ts";

test("without arguments everything runs, on both stacks", () => {
  expect(readArguments([])).toEqual({
    checks: true,
    units: "all",
    stacks: ["embedded", "full"],
    rest: ["--project=scenarios", "--project=whole", "--project=firefox"],
  });
});

test("the fast part has no browser in it, and no service", () => {
  expect(readArguments(["--fast"])).toMatchObject({ checks: true, units: "quick", stacks: [] });
});

test("the browser part takes one stack, and hands the rest to Playwright", () => {
  expect(readArguments(["--e2e", "--stack", "full", "-g", "typing"])).toEqual({
    checks: false,
    units: "none",
    stacks: ["full"],
    rest: ["--project=scenarios", "--project=whole", "--project=firefox", "-g", "typing"],
  });
  expect(readArguments(["--e2e", "--stack", "compose"]).stacks).toEqual(["compose"]);
  expect(readArguments(["--e2e", "--stack", "https"]).stacks).toEqual(["https"]);
  expect(readArguments(["--e2e", "--project", "shots"]).rest).toEqual(["--project", "shots"]);
});

test("a stack or an option that does not exist is refused", () => {
  expect(() => readArguments(["--e2e", "--stack", "half"])).toThrow("embedded or full or compose or https");
  expect(() => readArguments(["--quick"])).toThrow("--quick");
});
