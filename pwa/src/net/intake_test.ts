import { expect, test } from "bun:test";
import { array, assert, constant, integer, property, record } from "fast-check";
import type { InboxEvent } from "#protocol/frames.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { createIntake, HOLD_MAX } from "./intake.ts";

function event(cursor: number): InboxEvent {
  const conversation = "c" as ConversationId;
  return {
    type: "event",
    cursor,
    kind: "mark",
    conversation,
    user: "u" as UserId,
    mark: "read",
    seq: cursor,
  };
}

const cursors = (events: readonly InboxEvent[]): number[] => events.map(({ cursor }) => cursor);

test("the next event is handed on, an old one is not", () => {
  const intake = createIntake(4);
  expect(cursors(intake.offer(event(5)))).toEqual([5]);
  expect(intake.offer(event(5))).toEqual([]);
  expect(intake.offer(event(3))).toEqual([]);
  expect(intake.behind()).toBe(false);
});

test("what comes after a hole is held, and follows when the hole is filled", () => {
  const intake = createIntake(0);
  expect(intake.offer(event(3))).toEqual([]);
  expect(intake.offer(event(2))).toEqual([]);
  expect(intake.behind()).toBe(true);
  expect(cursors(intake.offer(event(1)))).toEqual([1, 2, 3]);
  expect(intake.behind()).toBe(false);
});

test("a head that the server tells shows a hole that no event has shown", () => {
  const intake = createIntake(7);
  intake.heard(9);
  expect(intake.behind()).toBe(true);
  intake.offer(event(8));
  intake.offer(event(9));
  expect(intake.behind()).toBe(false);
});

test("only so many are held, and the one that fills the hole always fits", () => {
  const intake = createIntake(0);
  for (let cursor = 2; cursor <= HOLD_MAX + 100; cursor += 1) intake.offer(event(cursor));
  expect(intake.offer(event(1))).toHaveLength(HOLD_MAX + 1);
  expect(intake.behind()).toBe(true);
});

test("a new connection forgets what was held, not what was accepted", () => {
  const intake = createIntake(0);
  intake.offer(event(1));
  intake.offer(event(5));
  intake.fresh();
  expect(intake.accepted()).toBe(1);
  expect(intake.behind()).toBe(false);
  const refilled = [2, 3, 4].flatMap((cursor) => intake.offer(event(cursor)));
  expect(cursors(refilled)).toEqual([2, 3, 4]);
});

test("after a snapshot what was held right behind it follows", () => {
  const intake = createIntake(0);
  for (const cursor of [3, 11, 12, 14]) intake.offer(event(cursor));
  expect(cursors(intake.moveTo(10))).toEqual([11, 12]);
  expect(intake.behind()).toBe(true);
});

test("whatever the order and the repetition, every event is handed on once and in order", () => {
  const arrivals = integer({ min: 1, max: 30 }).chain((head) =>
    record({
      head: constant(head),
      first: array(integer({ min: 1, max: head }), { maxLength: 60 }),
    }),
  );
  assert(
    property(arrivals, ({ head, first }) => {
      const intake = createIntake(0);
      const resumed = Array.from({ length: head }, (_, index) => index + 1);
      const handed = [...first, ...resumed].flatMap((cursor) => intake.offer(event(cursor)));
      expect(cursors(handed)).toEqual(resumed);
    }),
  );
});
