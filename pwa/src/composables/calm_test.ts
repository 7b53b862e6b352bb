import { expect, test } from "bun:test";
import { isCalm } from "./calm.ts";

const since = 1_000_000;

test.each([
  ["nothing was typed", { now: since, typedAt: null, hidden: false }, true],
  ["a key was just pressed", { now: since + 500, typedAt: since + 400, hidden: false }, false],
  ["the person has paused", { now: since + 4_000, typedAt: since + 1_000, hidden: false }, true],
  ["nobody looks", { now: since + 500, typedAt: since + 400, hidden: true }, true],
  ["the person types on and on", { now: since + 30_000, typedAt: since + 29_900, hidden: false }, true],
])("when %s: %o is calm: %p", (_when, moment, calm) => {
  expect(isCalm({ ...moment, since })).toBe(calm);
});
