import { describe, expect, test } from "bun:test";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { Change, Outcome } from "./change.ts";
import { decide } from "./decide.ts";
import { pair } from "./facts.ts";
import type { Facts } from "./facts.ts";

const ALICE = "a" as UserId;
const BOB = "b" as UserId;
const EVE = "e" as UserId;
const TALK = "t" as ConversationId;
const NO_CID = "" as Cid;
const AT = Date.UTC(2026, 0, 2);

describe("decide", () => {
  test("numbers a message densely in its conversation and in both inboxes", () => {
    const facts = aliceAndBob();
    const { outcomes, rows, messages } = decide([send("1", "hello"), send("2", "again")], facts, AT);
    expect(outcomes.map(answer)).toMatchObject([
      { cid: "1", seq: 1, cursor: 1, duplicate: false },
      { cid: "2", seq: 2, cursor: 2, duplicate: false },
    ]);
    expect(rows.map(({ user, cursor, seq }) => ({ user, cursor, seq }))).toEqual([
      { user: ALICE, cursor: 1, seq: 1 },
      { user: BOB, cursor: 1, seq: 1 },
      { user: ALICE, cursor: 2, seq: 2 },
      { user: BOB, cursor: 2, seq: 2 },
    ]);
    expect(messages.map((message) => message.text)).toEqual(["hello", "again"]);
  });

  test("answers a repeat in the same batch with the first answer, and stores it once", () => {
    const { outcomes, messages } = decide([send("1", "hello"), send("1", "hello")], aliceAndBob(), AT);
    expect(messages).toHaveLength(1);
    expect(outcomes.map(answer)).toMatchObject([
      { seq: 1, cursor: 1, duplicate: false },
      { seq: 1, cursor: 1, duplicate: true },
    ]);
  });

  test("refuses a cid that comes again with another text or another recipient", () => {
    const facts = aliceAndBob();
    const other: Change = { ...send("1", "hello"), to: EVE } as Change;
    const { outcomes, messages } = decide([send("1", "hello"), send("1", "bye"), other], facts, AT);
    expect(messages).toHaveLength(1);
    expect(outcomes.slice(1)).toEqual([
      { is: "refused", code: "cid_conflict" },
      { is: "refused", code: "cid_conflict" },
    ]);
  });

  test("refuses a message to somebody who is no contact, and stores nothing", () => {
    const stranger: Change = { kind: "send", user: EVE, cid: "1" as Cid, to: BOB, text: "psst" };
    const decision = decide([stranger], aliceAndBob(), AT);
    expect(decision.outcomes).toEqual([{ is: "refused", code: "not_a_contact" }]);
    expect(decision.rows).toEqual([]);
  });

  test("tells the sender alone that a message was delivered, and both that it was read", () => {
    const facts = aliceAndBob();
    decide([send("1", "hello")], facts, AT);
    facts.arrived.set(BOB, [{ conversation: TALK, cursor: 1, seq: 1 }]);
    const delivered = decide([{ kind: "received", user: BOB, cursor: 1, attended: false }], facts, AT);
    expect(delivered.rows).toMatchObject([{ user: ALICE, kind: "delivered", seq: 1, subject: BOB }]);
    const read = decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT);
    expect(read.rows.map((row) => [row.user, row.kind])).toEqual([
      [ALICE, "read"],
      [BOB, "read"],
    ]);
  });

  test("tells with one mark that several messages of a conversation were delivered", () => {
    const facts = aliceAndBob();
    decide([send("1", "one"), send("2", "two"), send("3", "three")], facts, AT);
    const arrived = [1, 2, 3].map((seq) => ({ conversation: TALK, cursor: seq, seq }));
    facts.arrived.set(BOB, arrived);
    const { rows } = decide([{ kind: "received", user: BOB, cursor: 2, attended: false }], facts, AT);
    expect(rows).toMatchObject([{ user: ALICE, kind: "delivered", seq: 2 }]);
    expect(facts.marks.get(pair(TALK, BOB))).toEqual({ delivered: 2, read: 0 });
  });

  test("remembers the greatest cid of each sender, whatever the order they come in", () => {
    const facts = aliceAndBob();
    decide([send("2", "second"), send("1", "first")], facts, AT);
    expect(facts.heads.get(ALICE)?.newestCid).toBe("2" as Cid);
    expect(facts.heads.get(BOB)?.newestCid).toBe(NO_CID);
  });

  test("moves marks forward only, and takes read as delivered", () => {
    const facts = aliceAndBob();
    decide([send("1", "one"), send("2", "two")], facts, AT);
    decide([{ kind: "read", user: BOB, conversation: TALK, seq: 2 }], facts, AT);
    expect(facts.marks.get(pair(TALK, BOB))).toEqual({ delivered: 2, read: 2 });
    facts.arrived.set(BOB, [{ conversation: TALK, cursor: 2, seq: 2 }]);
    const late = decide(
      [
        { kind: "received", user: BOB, cursor: 2, attended: false },
        { kind: "read", user: BOB, conversation: TALK, seq: 1 },
      ],
      facts,
      AT,
    );
    expect(late.rows).toEqual([]);
    expect(late.marked.size).toBe(0);
  });

  test("believes no cursor beyond the head and no seq beyond the newest message", () => {
    const facts = aliceAndBob();
    decide([send("1", "hello")], facts, AT);
    decide([{ kind: "received", user: BOB, cursor: 99, attended: false }], facts, AT);
    expect(facts.heads.get(BOB)?.received).toBe(0);
    decide([{ kind: "read", user: BOB, conversation: TALK, seq: 99 }], facts, AT);
    expect(facts.marks.get(pair(TALK, BOB))).toEqual({ delivered: 1, read: 1 });
  });

  test("hides from a stranger whether a conversation exists", () => {
    const facts = aliceAndBob();
    const { outcomes } = decide([{ kind: "read", user: EVE, conversation: TALK, seq: 1 }], facts, AT);
    expect(outcomes).toEqual([{ is: "refused", code: "no_conversation" }]);
  });
});

function send(cid: string, text: string): Change {
  return { kind: "send", user: ALICE, cid: cid as Cid, to: BOB, text };
}

function answer(outcome: Outcome) {
  return outcome.is === "sent" ? outcome.answer : outcome;
}

function aliceAndBob(): Facts {
  return {
    heads: new Map(
      [ALICE, BOB, EVE].map((user) => [
        user,
        { head: 0, received: 0, attended: 0, newestCid: NO_CID, moved: false },
      ]),
    ),
    conversationOf: new Map([
      [pair(ALICE, BOB), TALK],
      [pair(BOB, ALICE), TALK],
    ]),
    conversations: new Map([[TALK, { users: [ALICE, BOB], headSeq: 0 }]]),
    marks: new Map([
      [pair(TALK, ALICE), { delivered: 0, read: 0 }],
      [pair(TALK, BOB), { delivered: 0, read: 0 }],
    ]),
    earlier: new Map(),
    messages: new Map(),
    revisions: new Map(),
    arrived: new Map(),
  };
}
