import { describe, expect, test } from "bun:test";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { StandingUnsent } from "../net/sending.ts";
import { byLatest, itemOf, itemOfUnsent, lastOf } from "./views.ts";
import type { ConversationView } from "./views.ts";

const ALICE = "alice" as UserId;
const BOB = "bob" as UserId;
const CONVERSATION = "c" as ConversationId;
const AT = Date.UTC(2026, 10, 22, 12);

const row: ConversationRow = {
  id: CONVERSATION,
  with: { id: BOB, name: "Bob", hue: null },
  alias: null,
  muted: false,
  standing: "contact",
  headSeq: 4,
  mine: { delivered: 0, read: 0 },
  theirs: { delivered: 3, read: 2 },
  oldestSeq: 1,
  unheld: null,
  toRead: null,
};

function message(seq: number, from: UserId): Message {
  const to = from === ALICE ? BOB : ALICE;
  return {
    conversation: CONVERSATION,
    seq,
    cid: `cid ${seq}` as Cid,
    from,
    to,
    text: `text ${seq}`,
    sentAt: AT + seq,
  };
}

function unsent(part: Partial<StandingUnsent> = {}): StandingUnsent {
  return {
    cid: "new" as Cid,
    conversation: CONVERSATION,
    to: BOB,
    text: "unsent",
    composedAt: AT,
    wantedAt: AT,
    saidAt: null,
    standing: "waiting",
    order: 1,
    refused: null,
    kept: "yes",
    acked: false,
    ...part,
  };
}

describe("a tick", () => {
  test("follows the other's marks", () => {
    const ticks = [1, 2, 3, 4].map((seq) => itemOf(message(seq, ALICE), { me: ALICE, row }).tick);
    expect(ticks).toEqual(["read", "read", "delivered", "sent"]);
  });

  test("of an unsent message is where it stands, with what is to be told of it", () => {
    expect(itemOfUnsent(unsent())).toEqual({
      key: "new" as Cid,
      seq: null,
      mine: true,
      text: "unsent",
      at: AT,
      tick: "waiting",
      unsent: { standing: "waiting", code: null, mayBeThere: false, unsafe: false, restored: false },
    });
    expect(itemOfUnsent(unsent({ standing: "unconfirmed", saidAt: AT, kept: "failed" })).unsent).toEqual({
      standing: "unconfirmed",
      code: null,
      mayBeThere: true,
      unsafe: true,
      restored: false,
    });
  });

  test("that was refused is not on the server, however often it was said", () => {
    const refused = unsent({ standing: "refused", refused: "not_a_contact", saidAt: AT });
    expect(itemOfUnsent(refused).unsent).toMatchObject({ code: "not_a_contact", mayBeThere: false });
  });
});

describe("the last line of a conversation", () => {
  test("is what waits to be sent, if anything does", () => {
    const last = lastOf({ row, last: message(4, BOB), unread: 1 }, [unsent(), unsent({ text: "newest" })]);
    expect(last).toEqual({ text: "newest", at: AT, mine: true, tick: "waiting" });
  });

  test("has no tick when it is theirs, and is nothing when nobody wrote", () => {
    expect(lastOf({ row, last: message(4, BOB), unread: 1 }, [])).toMatchObject({ mine: false, tick: null });
    expect(lastOf({ row, last: message(3, ALICE), unread: 0 }, [])).toMatchObject({
      mine: true,
      tick: "delivered",
    });
    expect(lastOf({ row, last: null, unread: 0 }, [])).toBeNull();
  });
});

test("conversations come latest first, the silent ones last, by name", () => {
  const view = (name: string, at: number | null) =>
    ({ name, last: at === null ? null : { at } }) as ConversationView;
  const sorted = [view("Zoe", null), view("Old", 1), view("Ann", null), view("New", 2)].toSorted(byLatest);
  expect(sorted.map((other) => other.name)).toEqual(["New", "Old", "Ann", "Zoe"]);
});
