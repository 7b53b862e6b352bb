import { beforeEach, expect, test } from "bun:test";
import { createEndKeeper, NEAR_END_PX } from "./end.ts";

const VIEWPORT = 600;
let keeper: ReturnType<typeof createEndKeeper>;

function at({ offset, of: scrollSize }: { offset: number; of: number }) {
  return { offset, viewportSize: VIEWPORT, scrollSize };
}

beforeEach(() => {
  keeper = createEndKeeper();
  expect(keeper(true, at({ offset: 1_400, of: 2_000 }))).toBe(true);
});

test("a person who scrolls up leaves the end", () => {
  expect(keeper(true, at({ offset: 1_200, of: 2_000 }))).toBe(false);
});

test("a few pixels off the end are still the end", () => {
  expect(keeper(true, at({ offset: 1_400 - NEAR_END_PX, of: 2_000 }))).toBe(true);
});

test("a row that grows or comes in below does not leave the end", () => {
  expect(keeper(true, at({ offset: 1_400, of: 2_500 }))).toBe(true);
});

test("rows that turn out smaller than thought do not leave the end", () => {
  expect(keeper(true, at({ offset: 900, of: 1_700 }))).toBe(true);
});

test("who left comes back by scrolling down to the end, and by nothing less", () => {
  expect(keeper(true, at({ offset: 800, of: 2_000 }))).toBe(false);
  expect(keeper(false, at({ offset: 1_200, of: 2_000 }))).toBe(false);
  expect(keeper(false, at({ offset: 1_390, of: 2_000 }))).toBe(true);
});
