import { expect, test } from "bun:test";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { composed } from "../testing/unsent.ts";
import type { Unsent } from "./outbox.ts";
import { standingOf } from "./standing.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const DAY_MS = 24 * 3_600_000;

function row(part: Partial<Unsent> = {}): Unsent {
  const message = { conversation: "c" as ConversationId, to: "bob" as UserId, text: "hello", now: NOW };
  return { ...composed(message), order: 1, kept: "yes", acked: false, ...part };
}

test("what has not left waits, for as long as a day", () => {
  expect(standingOf(row(), NOW)).toBe("waiting");
  expect(standingOf(row(), NOW + DAY_MS)).toBe("waiting");
});

test("what was said waits for its answer a moment, then it is not confirmed", () => {
  expect(standingOf(row({ saidAt: NOW }), NOW + 4_999)).toBe("waiting");
  expect(standingOf(row({ saidAt: NOW }), NOW + 5_000)).toBe("unconfirmed");
  // The clock was put back.
  expect(standingOf(row({ saidAt: NOW }), NOW - 3_600_000)).toBe("unconfirmed");
});

test("after a day the person is asked, whether it was said or not", () => {
  expect(standingOf(row(), NOW + DAY_MS + 1)).toBe("held");
  expect(standingOf(row({ saidAt: NOW }), NOW + DAY_MS + 1)).toBe("held");
  expect(standingOf(row({ wantedAt: NOW + DAY_MS }), NOW + DAY_MS + 1)).toBe("waiting");
});

test("a refusal outweighs all, and an ack ends all doubt", () => {
  expect(standingOf(row({ saidAt: NOW, refused: "not_a_contact" }), NOW + 2 * DAY_MS)).toBe("refused");
  expect(standingOf(row({ saidAt: NOW, acked: true }), NOW + 2 * DAY_MS)).toBe("waiting");
});
