import { beforeEach, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { createPresences } from "./presence.ts";
import type { Presences } from "./presence.ts";

const BOB = "bob" as UserId;

let time: BorrowedTime;
let people: Presences;
let changes: number;

/** The server's clock is an hour ahead of this device. */
const serverNow = (): number => time.now() + 3_600_000;

beforeEach(() => {
  time = borrowTime();
  changes = 0;
  people = createPresences({ time, serverNow, changed: () => void (changes += 1) });
});

test("nobody's presence is known before a notice", () => {
  expect(people.of(BOB)).toEqual({ state: "unknown", lastSeenAt: null });
});

test("whether who was online still is, is unknown after `until` by the server's clock", () => {
  people.hearPresence({ type: "presence", user: BOB, state: "online", until: serverNow() + 60_000 });
  time.pass(59_999);
  expect(people.of(BOB).state).toBe("online");
  time.pass(1);
  expect(people.of(BOB).state).toBe("unknown");
  expect(changes).toBe(2);
});

test("who was said to be offline stays so, with when they were seen last", () => {
  const lastSeenAt = serverNow() - 60_000;
  people.hearPresence({
    type: "presence",
    user: BOB,
    state: "offline",
    until: serverNow() + 60_000,
    lastSeenAt,
  });
  time.pass(120_000);
  expect(people.of(BOB)).toEqual({ state: "offline", lastSeenAt });
});

test("of who is hidden nothing is known, and what was known is forgotten", () => {
  const until = serverNow() + 60_000;
  const lastSeenAt = serverNow() - 60_000;
  people.hearPresence({ type: "presence", user: BOB, state: "offline", until, lastSeenAt });
  people.hearTyping({ type: "typing", from: BOB, ttlMs: 6_000 });
  people.hearPresence({ type: "presence", user: BOB, state: "hidden", until });
  expect([people.of(BOB), people.isTyping(BOB)]).toEqual([{ state: "unknown", lastSeenAt: null }, false]);
  people.hearPresence({ type: "presence", user: BOB, state: "offline", until });
  expect(people.of(BOB)).toEqual({ state: "offline", lastSeenAt: null });
});

test("a renewed notice keeps them online", () => {
  people.hearPresence({ type: "presence", user: BOB, state: "online", until: serverNow() + 60_000 });
  time.pass(50_000);
  people.hearPresence({ type: "presence", user: BOB, state: "online", until: serverNow() + 60_000 });
  time.pass(50_000);
  expect(people.of(BOB).state).toBe("online");
});

test("when the connection goes, presence is unknown and nobody types", () => {
  people.hearPresence({ type: "presence", user: BOB, state: "online", until: serverNow() + 60_000 });
  people.hearTyping({ type: "typing", from: BOB, ttlMs: 6_000 });
  people.lost();
  expect(people.of(BOB).state).toBe("unknown");
  expect(people.isTyping(BOB)).toBe(false);
});

test("typing dies by itself, and lives on with another notice", () => {
  people.hearTyping({ type: "typing", from: BOB, ttlMs: 6_000 });
  time.pass(5_000);
  people.hearTyping({ type: "typing", from: BOB, ttlMs: 6_000 });
  time.pass(5_999);
  expect(people.isTyping(BOB)).toBe(true);
  time.pass(1);
  expect(people.isTyping(BOB)).toBe(false);
});

test("typing ends with the message", () => {
  people.hearTyping({ type: "typing", from: BOB, ttlMs: 6_000 });
  people.wrote(BOB);
  expect(people.isTyping(BOB)).toBe(false);
});
