import { expect, test } from "bun:test";
import { wholeFrom } from "./whole.ts";

test("what is shown of the messages that are here reaches down to the first hole", () => {
  expect(wholeFrom([1, 2, 5, 6, 7])).toBe(5);
  expect(wholeFrom([7, 6, 5])).toBe(5);
  expect(wholeFrom([9])).toBe(9);
  expect(wholeFrom([])).toBeNull();
});
