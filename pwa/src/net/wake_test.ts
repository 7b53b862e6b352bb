import { expect, test } from "bun:test";
import { borrowTime } from "../testing/time.ts";
import { watchClock } from "./wake.ts";

test("a clock that goes on wakes nobody, one that jumps does, once", () => {
  const time = borrowTime();
  let woken = 0;
  const stop = watchClock({ time, woke: () => void (woken += 1) });
  time.pass(120_000);
  expect(woken).toBe(0);
  time.jump(60_000);
  expect(woken).toBe(1);
  stop();
  time.jump(60_000);
  expect(woken).toBe(1);
  expect(time.waiting()).toBe(0);
});
