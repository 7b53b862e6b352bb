import { expect, test } from "bun:test";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { ConversationRow, Revises } from "../db/schema.ts";
import type { StandingUnsent } from "../net/sending.ts";
import { foresee } from "./foresee.ts";
import { itemsOf } from "./views.ts";

const ALICE = "alice" as UserId;
const BOB = "bob" as UserId;
const TALK = "talk" as ConversationId;
const AT = Date.UTC(2026, 10, 22, 12);
const HELLO: Message = {
  conversation: TALK,
  seq: 1,
  cid: "m1" as Cid,
  from: ALICE,
  to: BOB,
  text: "hello",
  sentAt: AT,
  replyTo: 7,
  reactions: [{ from: BOB, emoji: "👍" }],
};

test("an edit shows its text at once", () => {
  expect(after({ type: "message.edit", seq: 1, text: "hello you" })).toMatchObject({
    text: "hello you",
    editedAt: AT + 1,
    replyTo: 7,
  });
});

test("a deletion for both leaves the place alone at once, one for oneself not even that", () => {
  const { replyTo: _, reactions: __, ...place } = HELLO;
  expect(after({ type: "message.delete", seq: 1, for: "both" })).toEqual({
    ...place,
    text: "",
    deletedAt: AT + 1,
  });
  expect(after({ type: "message.delete", seq: 1, for: "me" }).hidden).toBe(true);
});

test("the own reaction is the last one, or none; the other's stays", () => {
  const react = (emoji: string | null): Revises => ({ type: "message.react", seq: 1, emoji });
  expect(after(react("😂"), react("❤️")).reactions).toEqual([
    { from: BOB, emoji: "👍" },
    { from: ALICE, emoji: "❤️" },
  ]);
  expect(after(react("😂"), react(null)).reactions).toEqual([{ from: BOB, emoji: "👍" }]);
});

test("what was refused did not happen, and says why beside the message", () => {
  const row = revising({ type: "message.edit", seq: 1, text: "hello you" }, { refused: "edit_too_late" });
  expect(foresee(HELLO, { rows: [row], me: ALICE })).toEqual(HELLO);
  expect(itemsOf({ messages: [HELLO], unsent: [row], me: ALICE, row: ROW })).toMatchObject([
    { text: "hello", revising: { cid: row.cid, code: "edit_too_late" } },
  ]);
});

test("the timeline shows messages by seq without what is hidden, then what was not sent; no revision is a message", () => {
  const second: Message = { ...HELLO, seq: 2, cid: "m2" as Cid, text: "second" };
  const hide = revising({ type: "message.delete", seq: 1, for: "me" });
  const { revises: _, ...plain } = revising({ type: "message.react", seq: 2, emoji: null });
  const waiting: StandingUnsent = { ...plain, cid: "u1" as Cid, text: "waiting", replyTo: 2 };
  const unsent = [hide, waiting];
  expect(itemsOf({ messages: [second, HELLO], unsent, me: ALICE, row: ROW })).toMatchObject([
    { key: "m2", seq: 2, text: "second", mine: true },
    { key: "u1", seq: null, text: "waiting", replyTo: 2 },
  ]);
});

const ROW: ConversationRow = {
  id: TALK,
  with: { id: BOB, name: "Bob", hue: 0 },
  alias: null,
  muted: false,
  standing: "contact",
  headSeq: 2,
  mine: { delivered: 0, read: 0 },
  theirs: { delivered: 0, read: 0 },
  oldestSeq: 1,
  unheld: null,
  toRead: null,
};

function after(...revises: Revises[]): Message {
  return foresee(HELLO, { rows: revises.map((one) => revising(one)), me: ALICE });
}

function revising(revises: Revises, part: Partial<StandingUnsent> = {}): StandingUnsent {
  return {
    cid: `r${revises.type}` as Cid,
    conversation: TALK,
    to: BOB,
    text: "",
    revises,
    composedAt: AT + 1,
    wantedAt: AT + 1,
    saidAt: null,
    order: 1,
    refused: null,
    kept: "yes",
    acked: false,
    standing: part.refused ? "refused" : "waiting",
    ...part,
  };
}
