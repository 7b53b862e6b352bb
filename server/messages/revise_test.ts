import { describe, expect, test } from "bun:test";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { EDIT_WITHIN_MS, TEXT_MAX_CHARS } from "#protocol/limits.ts";
import type { Revise } from "./change.ts";
import { isDone, revise, reviseOf } from "./revise.ts";
import { seenBy } from "./stored.ts";
import type { StoredMessage } from "./stored.ts";

const ALICE = "a" as UserId;
const BOB = "b" as UserId;
const AT = Date.UTC(2026, 0, 2);
const ABOUT = { cid: "1" as Cid, conversation: "t" as ConversationId, seq: 4 };

describe("what a command asks for", () => {
  test("is an edit with a clean text", () => {
    const command = { type: "message.edit", ...ABOUT, text: " hello\u202e " } as const;
    expect(reviseOf(command, ALICE)).toEqual({
      kind: "revise",
      user: ALICE,
      ...ABOUT,
      act: { is: "edit", text: "hello" },
    });
  });

  test("is nothing when the text or the emoji is none", () => {
    const edit = { type: "message.edit", ...ABOUT } as const;
    expect(reviseOf({ ...edit, text: " \n" }, ALICE)).toBe("empty_text");
    expect(reviseOf({ ...edit, text: "x".repeat(TEXT_MAX_CHARS + 1) }, ALICE)).toBe("text_too_long");
    const react = { type: "message.react", ...ABOUT } as const;
    expect(reviseOf({ ...react, emoji: "yes" }, ALICE)).toBe("not_an_emoji");
    expect(reviseOf({ ...react, emoji: null }, ALICE)).toMatchObject({ act: { is: "react", emoji: null } });
  });
});

describe("an edit", () => {
  test("gives an own message another text, and says when", () => {
    const edited = revised(written(), by(ALICE, { is: "edit", text: "hello you" }), AT + 1_000);
    expect(seenBy(edited, BOB, null)).toEqual({
      conversation: ABOUT.conversation,
      seq: 4,
      cid: "m" as Cid,
      from: ALICE,
      to: BOB,
      text: "hello you",
      sentAt: AT,
      revision: 1,
      editedAt: AT + 1_000,
    });
  });

  test("is the sender's alone, for a quarter of an hour by this clock", () => {
    const edit = { is: "edit", text: "hello you" } as const;
    expect(revise(written(), by(BOB, edit), AT)).toBe("not_yours");
    expect(revise(written(), by(ALICE, edit), AT + EDIT_WITHIN_MS)).toMatchObject({ text: "hello you" });
    expect(revise(written(), by(ALICE, edit), AT + EDIT_WITHIN_MS + 1)).toBe("edit_too_late");
  });
});

describe("a deletion", () => {
  const forBoth = by(ALICE, { is: "delete", for: "both" });

  test("for both leaves nothing but the place, however old the message is", () => {
    const rich = { ...written(), replyTo: 2, editedAt: AT, senderReaction: "👍", recipientReaction: "❤️" };
    const deleted = revised(rich, forBoth, AT + 2 * EDIT_WITHIN_MS);
    const { editedAt: _, replyTo: __, reactions: ___, ...place } = seenBy(rich, BOB, null);
    const seen = { ...place, text: "", revision: 1, deletedAt: AT + 2 * EDIT_WITHIN_MS };
    expect([seenBy(deleted, ALICE, null), seenBy(deleted, BOB, null)]).toEqual([seen, seen]);
    expect(isDone(deleted, forBoth)).toBe(true);
  });

  test("for both is the sender's alone", () => {
    expect(revise(written(), by(BOB, { is: "delete", for: "both" }), AT)).toBe("not_yours");
  });

  test("for oneself hides it from that person, whoever wrote it, and from nobody else", () => {
    for (const [user, other] of [
      [ALICE, BOB],
      [BOB, ALICE],
    ] as const) {
      const forMe = by(user, { is: "delete", for: "me" });
      const hidden = revised({ ...written(), replyTo: 2, senderReaction: "👍" }, forMe, AT);
      expect(seenBy(hidden, user, null)).toMatchObject({ text: "", hidden: true, revision: 1 });
      expect(Object.keys(seenBy(hidden, user, null))).not.toContain("reactions");
      expect(Object.keys(seenBy(hidden, user, null))).not.toContain("replyTo");
      expect(seenBy(hidden, other, null)).toMatchObject({ text: "hello", replyTo: 2 });
      expect([isDone(hidden, forMe), isDone(hidden, by(other, forMe.act))]).toEqual([true, false]);
    }
  });

  test("by each for themselves leaves the text to nobody", () => {
    const hidden = revised(written(), by(ALICE, { is: "delete", for: "me" }), AT);
    const gone = revised(hidden, by(BOB, { is: "delete", for: "me" }), AT + 1);
    expect(gone).toMatchObject({ text: "", deletedAt: AT + 1, revision: 2 });
  });

  test("can still be for both when the sender had hidden it for themselves", () => {
    const hidden = revised(written(), by(ALICE, { is: "delete", for: "me" }), AT);
    expect(seenBy(revised(hidden, forBoth, AT), BOB, null)).toMatchObject({ text: "", deletedAt: AT });
  });

  test("ends what else could be done to the message", () => {
    const deleted = revised(written(), forBoth, AT);
    expect(revise(deleted, by(ALICE, { is: "edit", text: "no" }), AT)).toBe("no_message");
    expect(revise(deleted, by(BOB, { is: "react", emoji: "👍" }), AT)).toBe("no_message");
    const hidden = revised(written(), by(BOB, { is: "delete", for: "me" }), AT);
    expect(revise(hidden, by(BOB, { is: "react", emoji: "👍" }), AT)).toBe("no_message");
    expect(revise(hidden, by(ALICE, { is: "react", emoji: "👍" }), AT)).toMatchObject({ revision: 2 });
  });
});

test("each has one reaction: the last, or none", () => {
  let message = written();
  for (const [user, emoji] of [
    [ALICE, "👍"],
    [BOB, "😂"],
    [BOB, "❤️"],
  ] as const) {
    message = revised(message, by(user, { is: "react", emoji }), AT);
  }
  expect(seenBy(message, ALICE, null).reactions).toEqual([
    { from: ALICE, emoji: "👍" },
    { from: BOB, emoji: "❤️" },
  ]);
  message = revised(message, by(ALICE, { is: "react", emoji: null }), AT);
  expect(seenBy(message, ALICE, null).reactions).toEqual([{ from: BOB, emoji: "❤️" }]);
});

function by(user: UserId, act: Revise["act"]): Revise {
  return { kind: "revise", user, ...ABOUT, act };
}

function revised(message: StoredMessage, change: Revise, at: number): StoredMessage {
  const after = revise(message, change, at);
  if (typeof after === "string") throw new Error(`refused: ${after}`);
  return after;
}

/** From Alice to Bob, and nothing happened to it yet. */
function written(): StoredMessage {
  return {
    conversation: ABOUT.conversation,
    seq: 4,
    cid: "m" as Cid,
    from: ALICE,
    to: BOB,
    text: "hello",
    sentAt: AT,
    replyTo: null,
    revision: null,
    editedAt: null,
    deletedAt: null,
    senderReaction: null,
    recipientReaction: null,
    hiddenFromSender: null,
    hiddenFromRecipient: null,
  };
}
