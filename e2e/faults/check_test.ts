import { describe, expect, test } from "bun:test";
import type { Message } from "#protocol/frames.ts";
import type { Cid, ConversationId, Epoch, SessionId, UserId } from "#protocol/ids.ts";
import { checkDevices, checkWritten, type DeviceState } from "./check_devices.ts";
import { checkServer, type Truth } from "./check_server.ts";
import type { ServerMessage } from "./stored.ts";
import { createWitness, type Witness } from "./witness.ts";

const ALICE = "alice" as UserId;
const BOB = "bob" as UserId;
const TALK = "talk" as ConversationId;
const EPOCH = "epoch" as Epoch;

/** Two messages of Alice, both read by Bob, and all that belongs to them. */
function talk(): { truth: Truth; devices: DeviceState[]; witness: Witness } {
  const witness = createWitness();
  const texts = ["one", "two"];
  const messages: Message[] = texts.map((text, index) => ({
    conversation: TALK,
    seq: index + 1,
    from: ALICE,
    to: BOB,
    cid: `cid ${text}` as Cid,
    text,
    sentAt: index,
  }));
  const inbox = [ALICE, BOB].flatMap((user) =>
    messages.map(({ seq }) => ({
      user,
      cursor: seq,
      kind: "message",
      conversation: TALK,
      seq,
      subject: ALICE,
    })),
  );
  const marks = { delivered: 0, read: 0 };
  const truth: Truth = {
    messages: messages.map(storedAs),
    revisions: [],
    inbox,
    heads: new Map([
      [ALICE, 2],
      [BOB, 2],
    ]),
    headSeqs: new Map([[TALK, 2]]),
    marks: new Map([
      [`${TALK} ${ALICE}`, marks],
      [`${TALK} ${BOB}`, { delivered: 2, read: 2 }],
    ]),
    dealings: new Map([
      [`${TALK} ${ALICE}`, { alias: null, muted: false }],
      [`${TALK} ${BOB}`, { alias: "Al", muted: true }],
    ]),
  };
  for (const { text, cid, seq } of messages) {
    const place = "tab";
    witness.written.push({
      text,
      from: ALICE,
      to: BOB,
      conversation: TALK,
      place,
      database: "A",
      at: 1,
      cid,
      kept: true,
    });
    witness.hearAck({ cid, conversation: TALK, seq, by: ALICE });
  }
  const devices = [
    deviceOf(ALICE, { name: "A", messages, other: BOB, theirs: { delivered: 2, read: 2 }, mine: marks }),
    deviceOf(BOB, { name: "B", messages, other: ALICE, theirs: marks, mine: { delivered: 2, read: 2 } }),
  ];
  return { truth, devices, witness };
}

interface Holding {
  name: string;
  messages: Message[];
  other: UserId;
  mine: { delivered: number; read: number };
  theirs: { delivered: number; read: number };
}

function deviceOf(user: UserId, { name, messages, other, mine, theirs }: Holding): DeviceState {
  const me = {
    id: user,
    name,
    hue: null,
    showsPresence: true,
    sendsReceipts: true,
    phoneHint: "00",
    role: "member" as const,
    epoch: EPOCH,
    session: "session" as SessionId,
  };
  const row = {
    id: TALK,
    with: { id: other, name: "them", hue: null },
    alias: user === BOB ? "Al" : null,
    muted: user === BOB,
    standing: "contact" as const,
    headSeq: 2,
    oldestSeq: 1,
    unheld: null,
    toRead: null,
  };
  return {
    name,
    user,
    leftAt: 0,
    signedIn: true,
    isWhole: true,
    dump: {
      device: { only: "device", me, epoch: EPOCH, cursor: 2, seal: null, stale: false },
      conversations: [{ ...row, mine: { ...mine }, theirs: { ...theirs } }],
      messages: [...messages],
      outbox: [],
      sealed: 0,
    },
  };
}

/** As Postgres has a message that nothing happened to. */
function storedAs(message: Message): ServerMessage {
  return {
    ...message,
    revision: 0,
    editedAt: null,
    deletedAt: null,
    senderReaction: null,
    recipientReaction: null,
    hiddenFromSender: false,
    hiddenFromRecipient: false,
  };
}

/** Rules that are broken once `spoil` has had its way. */
function broken(spoil: (all: ReturnType<typeof talk>) => void): string[] {
  const all = talk();
  spoil(all);
  checkServer(all.truth, all.witness);
  checkDevices(all.truth, all.devices, all.witness);
  checkWritten(all.truth, all.devices, all.witness);
  return all.witness.breaches.map(({ rule }) => rule);
}

test("a talk that went well breaks no rule", () => {
  expect(broken(() => {})).toEqual([]);
});

test("a lost message, a doubled one and one that nobody wrote are told", () => {
  expect(broken(({ truth }) => truth.messages.pop())).toContain("what was acked is stored");
  expect(
    broken(({ truth }) => {
      const [first] = truth.messages;
      if (first) truth.messages.push({ ...first, seq: 3 });
    }),
  ).toContain("a message is stored once");
  expect(broken(({ witness }) => witness.written.pop())).toContain("nothing else is stored");
});

test("a message that was written and is nowhere is told, unless it waits in the outbox", () => {
  const unsent = {
    text: "three",
    from: ALICE,
    to: BOB,
    conversation: TALK,
    place: "tab",
    database: "A",
    at: 2,
    cid: null,
    kept: true,
  };
  const lost = broken(({ witness }) => witness.written.push(unsent));
  expect(lost).toEqual(["what was written is stored, or waits in the outbox of its device"]);
  const waiting = broken(({ witness, devices }) => {
    witness.written.push(unsent);
    const row = {
      cid: "cid" as Cid,
      conversation: TALK,
      to: BOB,
      text: "three",
      composedAt: 2,
      wantedAt: 2,
      saidAt: null,
      order: 1,
      refused: null,
    };
    devices[0]?.dump.outbox.push(row);
  });
  expect(waiting).toEqual([]);
});

test("holes, other orders and other answers are told", () => {
  expect(broken(({ truth }) => truth.heads.set(BOB, 3))).toContain("cursor is dense");
  expect(broken(({ truth }) => truth.headSeqs.set(TALK, 3))).toContain("seq is dense");
  expect(broken(({ truth }) => truth.inbox.splice(0, 2, ...truth.inbox.slice(0, 2).toReversed()))).toContain(
    "order and marks only go forward",
  );
  expect(broken(({ witness }) => witness.written.splice(0, 2, ...witness.written.toReversed()))).toContain(
    "the order of Send is the order of seq",
  );
  expect(
    broken(({ witness }) =>
      witness.hearAck({ cid: "cid one" as Cid, conversation: TALK, seq: 9, by: ALICE }),
    ),
  ).toContain("the same cid gets the same answer");
});

test("a message that its person asked for again has its place by then", () => {
  const askedAgain = broken(({ witness }) => {
    witness.written.splice(0, 2, ...witness.written.toReversed());
    witness.askedAgain("B", ["two"]);
    witness.askedAgain("A", ["two", "of somebody else"]);
  });
  expect(askedAgain).toEqual([]);
});

test("two messages in another order are told with what became of each", () => {
  const { truth, devices, witness } = talk();
  witness.saw("cid one" as Cid, "said by tab 1 of A");
  witness.written.splice(0, 2, ...witness.written.toReversed());
  checkWritten(truth, devices, witness);
  const [breach] = witness.breaches;
  expect(breach?.histories?.other).toEqual([
    expect.stringContaining("written"),
    expect.stringContaining("acked as 1"),
    expect.stringContaining("said by tab 1 of A"),
  ]);
});

test("a device that lacks a message, a mark or the newest event is told", () => {
  expect(broken(({ devices }) => devices[1]?.dump.messages.shift())).toContain(
    "a device holds what the server holds, in its order, and nothing else",
  );
  expect(
    broken(({ devices }) => {
      for (const row of devices[0]?.dump.conversations ?? []) row.theirs.read = 1;
    }),
  ).toEqual(["a device has the server's marks"]);
  expect(
    broken(({ devices }) => {
      const device = devices[1]?.dump.device;
      if (device) device.cursor = 1;
    }),
  ).toEqual(["a device ends level"]);
});

test("a device that calls somebody by an older name is told", () => {
  expect(
    broken(({ devices }) => {
      for (const row of devices[1]?.dump.conversations ?? []) row.alias = "Ally";
    }),
  ).toEqual(["a device calls a contact what the server says"]);
});

describe("a message that was edited, reacted to and hidden", () => {
  const AT = 7;

  /** Alice edits her first message, Bob reacts to it and hides the second from himself. */
  function revise({ truth, devices, witness }: ReturnType<typeof talk>): void {
    const [first, second] = truth.messages;
    if (!first || !second) throw new Error("the talk has two messages");
    Object.assign(first, { text: "uno", revision: 2, editedAt: AT, recipientReaction: "👍" });
    Object.assign(second, { revision: 1, hiddenFromRecipient: true });
    witness.edited.add("uno");
    const done = [
      { user: ALICE, seq: 1 },
      { user: BOB, seq: 1 },
      { user: BOB, seq: 2 },
    ];
    for (const [index, { user, seq }] of done.entries()) {
      const cid = `revision ${index}` as Cid;
      const cursor = (truth.heads.get(user) ?? 0) + 1;
      truth.heads.set(user, cursor);
      truth.revisions.push({ conversation: TALK, seq, user, cid, cursor });
      truth.inbox.push({ user, cursor, kind: "revision", conversation: TALK, seq, subject: user });
      witness.revised.add(`${user} ${cid}`);
    }
    const reactions = [{ from: BOB, emoji: "👍" }];
    for (const { dump, user } of devices) {
      const cursor = truth.heads.get(user) ?? 0;
      if (dump.device) dump.device.cursor = cursor;
      dump.messages = dump.messages.map((message) =>
        message.seq === 1
          ? { ...message, text: "uno", revision: 2, editedAt: AT, reactions }
          : user === BOB
            ? { ...message, text: "", revision: 1, hidden: true }
            : { ...message, revision: 1 },
      );
    }
  }

  function afterwards(spoil: (all: ReturnType<typeof talk>) => void): string[] {
    return broken((all) => {
      revise(all);
      spoil(all);
    });
  }

  test("breaks no rule when everybody has it as they must see it", () => {
    expect(afterwards(() => {})).toEqual([]);
  });

  test("is told when a device holds an older copy, or sees what it must not", () => {
    const rule = "a device holds what the server holds, in its order, and nothing else";
    expect(
      afterwards(({ devices }) => {
        const [message] = devices[0]?.dump.messages ?? [];
        if (message) message.text = "one";
      }),
    ).toEqual([rule]);
    expect(
      afterwards(({ devices }) => {
        const message = devices[1]?.dump.messages[1];
        if (message) message.text = "two";
      }),
    ).toEqual([rule]);
  });

  test("is told when it was done twice, is in no inbox, or was acked and is not there", () => {
    expect(
      afterwards(({ truth }) => {
        const [message] = truth.messages;
        if (message) message.revision = 3;
      }),
    ).toContain("a revision is done once");
    expect(
      afterwards(({ truth }) => {
        const row = truth.inbox.at(-1);
        if (row) row.seq = 1;
      }),
    ).toEqual(["a revision is in the inbox of whoever did it"]);
    expect(afterwards(({ witness }) => witness.revised.add(`${ALICE} lost`))).toEqual([
      "what was acked is stored",
    ]);
  });

  test("is told when its new text is nobody's", () => {
    expect(afterwards(({ witness }) => witness.edited.clear())).toEqual(["nothing else is stored"]);
  });
});
