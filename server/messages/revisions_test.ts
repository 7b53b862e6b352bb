import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Message } from "#protocol/frames.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { EDIT_WITHIN_MS, RETENTION_MS } from "#protocol/limits.ts";
import type { Appended } from "../inbox/append.ts";
import { selectFrames, selectGrown } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import type { TestWriter } from "../testing/writers.ts";
import type { Outcome, Revise, Send } from "./change.ts";
import { readPage, readSnapshot, readTimes } from "./history.ts";
import type { Writer } from "./writer.ts";

const START = Date.UTC(2026, 5, 15, 12);
const EDIT: Revise["act"] = { is: "edit", text: "hello you" };
const FOR_BOTH: Revise["act"] = { is: "delete", for: "both" };
const FOR_ME: Revise["act"] = { is: "delete", for: "me" };

let database: TestDatabase;
let now: number;
let alice: UserId;
let bob: UserId;
let conversation: ConversationId;
let writer: Writer;
let commits: Appended[];

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [START, START + RETENTION_MS] });
});

beforeEach(async () => {
  now = START;
  ({ alice, bob, conversation } = await makePair(database.db));
  ({ writer, commits } = createInstance());
});

afterAll(() => database.close());

describe("a revision", () => {
  test("is stored in the message, and told to both with the message as it is now", async () => {
    const { cid } = await say("hello");
    now += 1_000;
    const change = by(alice, EDIT);
    const message = {
      conversation,
      seq: 1,
      cid,
      from: alice,
      to: bob,
      text: "hello you",
      sentAt: START,
      revision: 1,
      editedAt: now,
    };
    expect(await writer.write(change)).toEqual({
      is: "revised",
      answer: { cid: change.cid, cursor: 2, duplicate: false, message },
    });
    const event = { type: "event", cursor: 2, kind: "revision", conversation, seq: 1, by: alice, message };
    expect(commits.at(-1)?.rows.map(({ user, frame }) => [user, JSON.parse(frame)])).toEqual([
      [alice, event],
      [bob, event],
    ]);
    expect((await framesOf(bob))[1]).toEqual(event);
    expect(await pageOf(alice)).toEqual([message]);
    const { conversations } = await readSnapshot(database.db, { user: bob, now });
    expect(conversations[0]?.messages).toEqual([message]);
  });

  test("that comes again, on any instance, does not undo what came after it", async () => {
    await say("hello");
    const first = by(alice, EDIT);
    await writer.write(first);
    await createInstance().writer.write(by(alice, { is: "edit", text: "hello all" }));
    const again = await createInstance().writer.write(first);
    expect(answerOf(again)).toMatchObject({ cursor: 2, duplicate: true, message: { text: "hello all" } });
    expect((await pageOf(bob)).map(({ text, revision }) => [text, revision])).toEqual([["hello all", 2]]);
    expect(await framesOf(bob)).toHaveLength(3);
  });

  test("that comes twice at once is one", async () => {
    await say("hello");
    const change = by(bob, { is: "react", emoji: "👍" });
    const answers = (await Promise.all([writer.write(change), writer.write(change)])).map(answerOf);
    expect(answers.map(({ cursor, duplicate }) => [cursor, duplicate])).toEqual([
      [2, false],
      [2, true],
    ]);
  });

  test("keeps the answer to a repeat of the send: nobody knows any more what it said", async () => {
    const sent = await say("hello");
    await writer.write(by(alice, EDIT));
    const again = await writer.write(sent);
    expect(again).toMatchObject({ is: "sent", answer: { cid: sent.cid, seq: 1, duplicate: true } });
    const other = await writer.write({ ...sent, to: alice });
    expect(other).toEqual({ is: "refused", code: "cid_conflict" });
  });

  test("is refused, and nothing stored, of what is not the user's to revise", async () => {
    await say("hello");
    const stranger = await makePair(database.db);
    const elsewhere = { ...by(alice, EDIT), conversation: stranger.conversation };
    const tooLate = START + EDIT_WITHIN_MS + 1;
    expect(await writer.write(elsewhere)).toEqual({ is: "refused", code: "no_conversation" });
    expect(await writer.write({ ...by(alice, EDIT), seq: 2 })).toEqual({ is: "refused", code: "no_message" });
    expect(await writer.write(by(bob, FOR_BOTH))).toEqual({ is: "refused", code: "not_yours" });
    now = tooLate;
    expect(await writer.write(by(alice, EDIT))).toEqual({ is: "refused", code: "edit_too_late" });
    now = START + RETENTION_MS;
    expect(await writer.write(by(alice, FOR_BOTH))).toEqual({ is: "refused", code: "no_message" });
    expect(commits).toHaveLength(1);
  });

  test("that would reach somebody who is no contact any more is refused; the own sight stays one's own", async () => {
    await say("hello");
    await database.db`update conversations set ended_at = now() where id = ${conversation}`;
    for (const act of [EDIT, FOR_BOTH, { is: "react", emoji: "👍" } as const]) {
      expect(await writer.write(by(alice, act))).toEqual({ is: "refused", code: "not_a_contact" });
    }
    expect(answerOf(await writer.write(by(alice, FOR_ME))).message).toMatchObject({ hidden: true });
  });

  test("shares a commit with sends and marks, and each gets its own outcome", async () => {
    await say("hello");
    const outcomes = await Promise.all([
      writer.write(by(alice, EDIT)),
      writer.write({ kind: "read", user: bob, conversation, seq: 1 }),
      writer.write(by(bob, { is: "react", emoji: "👍" })),
      writer.write({ kind: "send", user: bob, cid: newCid(), to: alice, text: "hi", replyTo: 1 }),
    ]);
    expect(outcomes.map(({ is }) => is)).toEqual(["revised", "done", "revised", "sent"]);
    expect(commits).toHaveLength(2);
    expect((await pageOf(alice))[0]).toMatchObject({
      text: "hello you",
      reactions: [{ from: bob, emoji: "👍" }],
    });
  });
});

describe("a deletion", () => {
  test("for both leaves the text nowhere in the database, and neither does an edit", async () => {
    await say("the first needle");
    await writer.write(by(alice, { is: "edit", text: "the second needle" }));
    expect(await tablesWith("the first needle")).toEqual([]);
    await writer.write(by(alice, FOR_BOTH));
    expect(await tablesWith("needle")).toEqual([]);
    const growth = [{ user: bob, after: 0, upTo: 3 }];
    const swept = await selectGrown(database.db, growth, { since: 0 });
    expect(swept.map(({ kind }) => kind)).toEqual(["message", "revision", "revision"]);
    expect(swept.map(({ frame }) => frame).join()).not.toContain("needle");
  });

  test("for oneself is told to the own devices alone", async () => {
    await say("hello");
    const answer = answerOf(await writer.write(by(bob, FOR_ME)));
    const place = { conversation, seq: 1, from: alice, to: bob, sentAt: START };
    expect(answer).toMatchObject({ cursor: 2, message: { ...place, text: "", hidden: true } });
    expect(commits.at(-1)?.rows.map(({ user }) => user)).toEqual([bob]);
    expect(await pageOf(bob)).toMatchObject([{ ...place, text: "", hidden: true }]);
    expect(await pageOf(alice)).toMatchObject([{ ...place, text: "hello" }]);
    expect((await framesOf(alice)).map(({ kind }) => kind)).toEqual(["message"]);
  });

  test("for oneself holds against whatever the other does to the message later", async () => {
    await say("hello");
    await writer.write(by(bob, FOR_ME));
    await writer.write(by(alice, EDIT));
    expect(commits.at(-1)?.rows.map(({ user }) => user)).toEqual([alice]);
    expect(await pageOf(bob)).toMatchObject([{ text: "", hidden: true }]);
    for (const frame of await framesOf(bob)) expect(JSON.stringify(frame)).not.toContain("hello");
  });

  test("of what is deleted already changes nothing, under whatever id", async () => {
    await say("hello");
    await writer.write(by(alice, FOR_BOTH));
    const again = answerOf(await writer.write(by(alice, FOR_BOTH)));
    expect(again).toMatchObject({ cursor: 2, duplicate: true, message: { deletedAt: now } });
    expect(commits).toHaveLength(2);
  });
});

test("the revision of a message that has expired since says only that it is gone", async () => {
  await say("hello");
  now = START + RETENTION_MS - 1;
  await writer.write(by(bob, { is: "react", emoji: "👍" }));
  const later = START + RETENTION_MS + 1;
  const rows = await selectFrames(database.db, alice, { after: 0, limit: 9, since: later - RETENTION_MS });
  expect(rows.map(({ frame }) => JSON.parse(frame))).toEqual([
    { type: "event", cursor: 2, kind: "revision", conversation, seq: 1, by: bob, message: null },
  ]);
});

describe("a reply", () => {
  test("names the message that it answers, in every way that it is read", async () => {
    await say("hello");
    await writer.write({ kind: "send", user: bob, cid: newCid(), to: alice, text: "hi", replyTo: 1 });
    expect((await pageOf(alice))[1]).toMatchObject({ text: "hi", replyTo: 1 });
    expect((await framesOf(alice))[1]).toMatchObject({ text: "hi", replyTo: 1 });
    expect(JSON.parse(commits.at(-1)?.rows[0]?.frame ?? "")).toEqual((await framesOf(alice))[1]);
    expect((await framesOf(alice))[0]).not.toHaveProperty("replyTo");
  });

  test("to a message that never was is refused", async () => {
    const send = { kind: "send", user: bob, cid: newCid(), to: alice, text: "hi" } as const;
    expect(await writer.write({ ...send, replyTo: 1 })).toEqual({ is: "refused", code: "no_message" });
    await say("hello");
    expect(await writer.write({ ...send, replyTo: 1 })).toMatchObject({ is: "sent" });
    expect(await writer.write({ ...send, replyTo: 1 })).toMatchObject({ answer: { duplicate: true } });
    expect(await writer.write(send)).toEqual({ is: "refused", code: "cid_conflict" });
  });

  test("in one batch with others leaves those without one", async () => {
    const texts = ["one", "two", "three"];
    await say("zero");
    await Promise.all(
      texts.map((text, n) => {
        const send: Send = { kind: "send", user: bob, cid: newCid(), to: alice, text };
        return writer.write(n === 1 ? { ...send, replyTo: 1 } : send);
      }),
    );
    expect((await pageOf(alice)).map(({ replyTo }) => replyTo ?? null)).toEqual([null, null, 1, null]);
  });
});

describe("the times of an own message", () => {
  test("are those at which the marks first reached it", async () => {
    await say("one");
    await say("two");
    const times = (seq: number) => readTimes(database.db, { user: alice, conversation, seq, now });
    expect(await times(1)).toEqual({ sentAt: START, deliveredAt: null, readAt: null });
    now = START + 1_000;
    await writer.write({ kind: "received", user: bob, cursor: 2, attended: false });
    now = START + 2_000;
    await writer.write({ kind: "read", user: bob, conversation, seq: 1 });
    now = START + 3_000;
    await say("three");
    now = START + 4_000;
    await writer.write({ kind: "read", user: bob, conversation, seq: 3 });
    const at = (seconds: number) => START + seconds * 1_000;
    expect(await times(1)).toEqual({ sentAt: START, deliveredAt: at(1), readAt: at(2) });
    expect(await times(2)).toEqual({ sentAt: START, deliveredAt: at(1), readAt: at(4) });
    expect(await times(3)).toEqual({ sentAt: at(3), deliveredAt: at(4), readAt: at(4) });
  });

  test("are told to nobody else, and of nothing that is gone", async () => {
    await say("one");
    const ask = { user: alice, conversation, seq: 1, now };
    expect(readTimes(database.db, { ...ask, user: bob })).rejects.toMatchObject({ code: "no_message" });
    const expired = START + RETENTION_MS;
    expect(readTimes(database.db, { ...ask, now: expired })).rejects.toMatchObject({ code: "no_message" });
  });
});

/** Alice writes to Bob. */
async function say(text: string): Promise<Send> {
  const send: Send = { kind: "send", user: alice, cid: newCid(), to: bob, text };
  await writer.write(send);
  return send;
}

function by(user: UserId, act: Revise["act"]): Revise {
  return { kind: "revise", user, cid: newCid(), conversation, seq: 1, act };
}

function answerOf(outcome: Outcome) {
  if (outcome.is !== "revised") throw new Error(`expected a revision, got ${JSON.stringify(outcome)}`);
  return outcome.answer;
}

async function pageOf(user: UserId): Promise<Message[]> {
  return (await readPage(database.db, { user, conversation, before: null, limit: 50, now })).messages;
}

async function framesOf(user: UserId): Promise<{ [field: string]: unknown }[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 100, since: 0 });
  return rows.map((row) => JSON.parse(row.frame));
}

function createInstance(): TestWriter {
  return testWriter({ db: database.db, clock: () => now });
}

/** Tables with a row that shows `text` in any column. */
async function tablesWith(text: string): Promise<string[]> {
  const { db } = database;
  const tables = await db<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`;
  const found: string[] = [];
  for (const { name } of tables) {
    const [row] = await db`select 1 from ${db(name)} as t where position(${text} in t::text) > 0 limit 1`;
    if (row !== undefined) found.push(name);
  }
  return found;
}
