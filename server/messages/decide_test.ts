import { describe, expect, test } from "bun:test";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { Change, Outcome } from "./change.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decide.ts";
import { pair } from "./facts.ts";
import type { ConversationFacts, Facts, MarkFacts } from "./facts.ts";

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
    expect(told(read)).toEqual(["a read 1", "b read 1"]);
  });

  test("tells with one mark that several messages of a conversation were delivered", () => {
    const facts = aliceAndBob();
    decide([send("1", "one"), send("2", "two"), send("3", "three")], facts, AT);
    const arrived = [1, 2, 3].map((seq) => ({ conversation: TALK, cursor: seq, seq }));
    facts.arrived.set(BOB, arrived);
    const { rows } = decide([{ kind: "received", user: BOB, cursor: 2, attended: false }], facts, AT);
    expect(rows).toMatchObject([{ user: ALICE, kind: "delivered", seq: 2 }]);
    expect(facts.marks.get(pair(TALK, BOB))).toMatchObject({ delivered: 2, read: 0 });
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
    expect(facts.marks.get(pair(TALK, BOB))).toMatchObject({ delivered: 2, read: 2 });
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
    expect(facts.marks.get(pair(TALK, BOB))).toMatchObject({ delivered: 1, read: 1 });
  });

  test("hides from a stranger whether a conversation exists", () => {
    const facts = aliceAndBob();
    const { outcomes } = decide([{ kind: "read", user: EVE, conversation: TALK, seq: 1 }], facts, AT);
    expect(outcomes).toEqual([{ is: "refused", code: "no_conversation" }]);
  });
});

describe("what a block does to a decision", () => {
  const since = (after: number) => ({ after, at: AT });
  const bobBlocks = { blocks: new Map([[BOB, since(0)]]) };
  const hello = send("1", "hello");

  test("a message to somebody who has shut the sender out is answered as ever, and is in the sender's inbox alone", () => {
    const ordinary = decide([hello], aliceAndBob(), AT);
    const { outcomes, messages, rows } = decide([hello], aliceAndBob(bobBlocks), AT);
    expect(outcomes).toEqual(ordinary.outcomes);
    expect(messages).toEqual(ordinary.messages);
    expect(rows).toEqual(ordinary.rows.filter(({ user }) => user === ALICE));
  });

  test("a message to somebody whom the sender has shut out is refused, and says why", () => {
    for (const blocks of [[ALICE], [ALICE, BOB]].map(
      (users) => new Map(users.map((user) => [user, since(0)])),
    )) {
      const { outcomes, rows, messages } = decide([hello], aliceAndBob({ blocks }), AT);
      expect(outcomes).toEqual([{ is: "refused", code: "blocked" }]);
      expect([rows, messages]).toEqual([[], []]);
    }
  });

  test("a message to somebody who is a contact no more is refused as to any stranger", () => {
    const { outcomes } = decide([hello], aliceAndBob({ contacts: false, ...bobBlocks }), AT);
    expect(outcomes).toEqual([{ is: "refused", code: "not_a_contact" }]);
  });

  test("neither side hears of the other's marks, and who reads still hears it on their own devices", () => {
    for (const blocker of [ALICE, BOB]) {
      const facts = aliceAndBob();
      decide([hello], facts, AT);
      facts.conversations.get(TALK)?.blocks.set(blocker, since(1));
      facts.arrived.set(BOB, [{ conversation: TALK, cursor: 1, seq: 1 }]);
      expect(told(decide([{ kind: "received", user: BOB, cursor: 1, attended: false }], facts, AT))).toEqual(
        [],
      );
      expect(told(decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT))).toEqual([
        "b read 1",
      ]);
      expect(facts.marks.get(pair(TALK, BOB))).toEqual({
        delivered: 1,
        read: 1,
        told: { delivered: 0, read: 0 },
      });
    }
  });

  test("what somebody was not shown cannot be read by them", () => {
    const facts = aliceAndBob(bobBlocks);
    decide([hello], facts, AT);
    decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT);
    expect(facts.marks.get(pair(TALK, BOB))).toEqual(noMarks());
  });

  test("once it is over, the next mark tells all that it covers", () => {
    const facts = aliceAndBob();
    decide([hello], facts, AT);
    facts.conversations.get(TALK)?.blocks.set(ALICE, since(1));
    decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT);
    facts.conversations.get(TALK)?.blocks.clear();
    decide([send("2", "again")], facts, AT);
    const read = decide([{ kind: "read", user: BOB, conversation: TALK, seq: 2 }], facts, AT);
    expect(told(read)).toEqual(["a read 2", "b read 2"]);
    expect(facts.marks.get(pair(TALK, BOB))?.told).toEqual({ delivered: 2, read: 2 });
  });
});

describe("where one of two sends no read receipts", () => {
  test("the other is told that a message was delivered, and no more, once", () => {
    const facts = aliceAndBob({ sendsReceipts: false });
    decide([send("1", "hello")], facts, AT);
    const read = decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT);
    expect(told(read)).toEqual(["a delivered 1", "b read 1"]);
    facts.arrived.set(BOB, [{ conversation: TALK, cursor: 1, seq: 1 }]);
    expect(told(decide([{ kind: "received", user: BOB, cursor: 1, attended: false }], facts, AT))).toEqual(
      [],
    );
    expect(facts.marks.get(pair(TALK, BOB))).toEqual({
      delivered: 1,
      read: 1,
      told: { delivered: 1, read: 0 },
    });
  });

  test("a mark that was delivered before it was read is told as delivered alone", () => {
    const facts = aliceAndBob({ sendsReceipts: false });
    decide([send("1", "hello")], facts, AT);
    facts.arrived.set(BOB, [{ conversation: TALK, cursor: 1, seq: 1 }]);
    expect(told(decide([{ kind: "received", user: BOB, cursor: 1, attended: false }], facts, AT))).toEqual([
      "a delivered 1",
    ]);
    expect(told(decide([{ kind: "read", user: BOB, conversation: TALK, seq: 1 }], facts, AT))).toEqual([
      "b read 1",
    ]);
  });
});

function send(cid: string, text: string): Change {
  return { kind: "send", user: ALICE, cid: cid as Cid, to: BOB, text };
}

function answer(outcome: Outcome) {
  return outcome.is === "sent" ? outcome.answer : outcome;
}

/** Who hears what of a decision, by inbox. */
function told({ rows }: Decision): string[] {
  return rows.map(({ user, kind, seq }) => `${user} ${kind} ${seq}`).toSorted();
}

function noMarks(): MarkFacts {
  return { delivered: 0, read: 0, told: { delivered: 0, read: 0 } };
}

/** Contacts, unless it is said what is between them. */
function aliceAndBob(between: Partial<ConversationFacts> = {}): Facts {
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
    conversations: new Map([
      [
        TALK,
        {
          users: [ALICE, BOB],
          headSeq: 0,
          contacts: true,
          blocks: new Map(),
          sendsReceipts: true,
          ...between,
        },
      ],
    ]),
    marks: new Map([ALICE, BOB].map((user) => [pair(TALK, user), noMarks()])),
    earlier: new Map(),
    messages: new Map(),
    revisions: new Map(),
    arrived: new Map(),
  };
}
