import { beforeEach, expect, test } from "bun:test";
import { createSight, SEEN_AFTER_MS } from "./sight.ts";
import type { Sight } from "./sight.ts";

const timers = new Map<() => void, number>();
const seen: number[] = [];
let now = 0;
let sight: Sight;

beforeEach(() => {
  timers.clear();
  seen.length = 0;
  now = 1_000_000;
  sight = createSight({
    clock: () => now,
    after(delayMs, call) {
      timers.set(call, now + delayMs);
      return () => timers.delete(call);
    },
    onSeen: (seq) => seen.push(seq),
  });
});

/** Lets `ms` go by, timers in their order. */
function pass(ms: number): void {
  const until = now + ms;
  for (;;) {
    const next = [...timers].toSorted(([, a], [, b]) => a - b).at(0);
    if (next === undefined || next[1] > until) break;
    const [call, dueAt] = next;
    timers.delete(call);
    now = Math.max(now, dueAt);
    call();
  }
  now = until;
}

test("a message is seen after it was in sight for a second", () => {
  sight.attend(true);
  sight.enter(1);
  pass(SEEN_AFTER_MS - 1);
  expect(seen).toEqual([]);
  pass(1);
  expect(seen).toEqual([1]);
});

test("a message scrolled by is not seen", () => {
  sight.attend(true);
  sight.enter(1);
  pass(SEEN_AFTER_MS / 2);
  sight.leave(1);
  pass(SEEN_AFTER_MS);
  sight.enter(1);
  pass(SEEN_AFTER_MS / 2);
  expect(seen).toEqual([]);
});

test("nothing is seen while the person is elsewhere, and the second starts anew when they return", () => {
  sight.enter(1);
  pass(SEEN_AFTER_MS * 10);
  expect(seen).toEqual([]);
  sight.attend(true);
  pass(SEEN_AFTER_MS / 2);
  sight.attend(false);
  pass(SEEN_AFTER_MS * 10);
  sight.attend(true);
  pass(SEEN_AFTER_MS - 1);
  expect(seen).toEqual([]);
  pass(1);
  expect(seen).toEqual([1]);
});

test("of a screenful only the highest is told, and each only once", () => {
  sight.attend(true);
  for (const seq of [3, 1, 2]) sight.enter(seq);
  pass(SEEN_AFTER_MS);
  sight.leave(2);
  sight.enter(2);
  pass(SEEN_AFTER_MS * 2);
  expect(seen).toEqual([3]);
});

test("a message that comes later has its own second", () => {
  sight.attend(true);
  sight.enter(1);
  pass(SEEN_AFTER_MS / 2);
  sight.enter(2);
  pass(SEEN_AFTER_MS / 2);
  expect(seen).toEqual([1]);
  pass(SEEN_AFTER_MS / 2);
  expect(seen).toEqual([1, 2]);
});

test("after the list is gone nothing is told", () => {
  sight.attend(true);
  sight.enter(1);
  sight.stop();
  pass(SEEN_AFTER_MS * 2);
  expect(seen).toEqual([]);
});
