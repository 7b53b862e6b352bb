import { beforeEach, describe, expect, test } from "bun:test";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { createEndKeeper, LETS_GO_AFTER_MS, NEAR_END_PX } from "./end.ts";
import type { EndKeeper } from "./end.ts";

const VIEWPORT = 600;
let time: BorrowedTime;
let keeper: EndKeeper;
/** How often the list was sent to its end. */
let sent: number;

beforeEach(() => {
  time = borrowTime();
  keeper = createEndKeeper({ time, go: () => void (sent += 1), changed: () => {} });
  sent = 0;
  keeper.toEnd();
  scrolls({ to: 1_400, of: 2_000 });
  expect([keeper.atEnd(), sent]).toEqual([true, 1]);
});

/** Where the list stands now, and whether that counts as its end. */
function scrolls({ to: offset, of: scrollSize }: { to: number; of: number }): boolean {
  keeper.scrolled({ offset, viewportSize: VIEWPORT, scrollSize });
  return keeper.atEnd();
}

test("a person who scrolls up leaves the end, and is not taken back to it", () => {
  expect(scrolls({ to: 1_200, of: 2_000 })).toBe(false);
  keeper.settle();
  expect(sent).toBe(1);
});

test("a few pixels off the end are still the end", () => {
  expect(scrolls({ to: 1_400 - NEAR_END_PX, of: 2_000 })).toBe(true);
});

test("a row that grows or comes in below does not leave the end", () => {
  expect(scrolls({ to: 1_400, of: 2_500 })).toBe(true);
  keeper.settle();
  expect(sent).toBe(2);
});

test("rows that turn out smaller than thought do not leave the end", () => {
  expect(scrolls({ to: 900, of: 1_700 })).toBe(true);
});

test("who left comes back by scrolling down to the end, and by nothing less", () => {
  expect(scrolls({ to: 800, of: 2_000 })).toBe(false);
  expect(scrolls({ to: 1_200, of: 2_000 })).toBe(false);
  expect(scrolls({ to: 1_390, of: 2_000 })).toBe(true);
});

describe("while the person has hold of the list", () => {
  test.each([
    ["a wheel or a key", () => keeper.pulled()],
    ["a finger", () => keeper.grabbed()],
  ])("rows that are measured do not take it back to the end: %s", (_by, takesHold) => {
    takesHold();
    keeper.settle();
    // The first pixels of the way are still near the end.
    scrolls({ to: 1_390, of: 2_000 });
    keeper.settle();
    // What comes in above turns out smaller than thought, and would explain the way upwards.
    expect(scrolls({ to: 1_200, of: 1_900 })).toBe(false);
    keeper.settle();
    time.pass(LETS_GO_AFTER_MS);
    keeper.settle();
    expect(sent).toBe(1);
  });

  test("it rolls on by itself for as long as it moves", () => {
    keeper.grabbed();
    scrolls({ to: 1_395, of: 2_000 });
    keeper.released();
    for (let offset = 1_390; offset > 1_360; offset -= 10) {
      time.pass(LETS_GO_AFTER_MS - 1);
      scrolls({ to: offset, of: 2_000 });
      keeper.settle();
    }
    expect(sent).toBe(1);
  });

  test("a few pixels off the end, they stay there when nothing came in", () => {
    keeper.pulled();
    scrolls({ to: 1_380, of: 2_000 });
    time.pass(LETS_GO_AFTER_MS);
    expect([keeper.atEnd(), sent]).toEqual([true, 1]);
  });

  test("what came in meanwhile is gone to once they let go near the end", () => {
    keeper.pulled();
    scrolls({ to: 1_380, of: 2_000 });
    scrolls({ to: 1_380, of: 2_060 });
    keeper.settle();
    expect([keeper.atEnd(), sent]).toEqual([true, 1]);
    time.pass(LETS_GO_AFTER_MS);
    expect(sent).toBe(2);
  });

  test("what they ask for themselves is done", () => {
    keeper.pulled();
    keeper.toEnd();
    keeper.settle();
    expect(sent).toBe(3);
  });
});
