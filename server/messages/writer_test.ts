import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Cid, UserId } from "#protocol/ids.ts";
import { selectFrames, selectState } from "../inbox/queries.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import type { TestWriter } from "../testing/writers.ts";
import type { Change, Outcome } from "./change.ts";
import { readConversations, readPage, readSnapshot } from "./history.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;

let database: TestDatabase;
let now = Date.UTC(2026, 5, 15, 12);

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
});

afterAll(() => database.close());

describe("the writer", () => {
  test("stores what it acked: one message, one row in each inbox, one outbox row for the batch", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer, commits } = createInstance();
    const cid = newCid();
    const outcome = await writer.write(send({ from: alice, to: bob, text: "hello", cid }));
    expect(outcome).toEqual({
      is: "sent",
      answer: { cid, conversation, seq: 1, sentAt: now, cursor: 1, duplicate: false },
    });
    const [inAlices, inBobs] = await Promise.all([framesOf(alice), framesOf(bob)]);
    expect(inAlices).toEqual(inBobs);
    expect(inBobs).toEqual([
      {
        type: "event",
        cursor: 1,
        kind: "message",
        conversation,
        seq: 1,
        cid,
        from: alice,
        to: bob,
        text: "hello",
        sentAt: now,
      },
    ]);
    const outbox = await database.db`
      select grown_users as users, grown_after as after, grown_to as "upTo" from bus_outbox
      where id = ${commits[0]?.outboxId ?? 0}`;
    expect(outbox).toMatchObject([{ users: [alice, bob], after: [0, 0], upTo: [1, 1] }]);
    expect(commits[0]?.rows.map((row) => JSON.parse(row.frame))).toEqual([inAlices[0], inBobs[0]]);
  });

  test("answers a repeat in a later batch, and on another instance, with the first answer", async () => {
    const { alice, bob } = await makePair(database.db);
    const change = send({ from: alice, to: bob, text: "once" });
    const first = await createInstance().writer.write(change);
    now += 5_000;
    const second = await createInstance().writer.write(change);
    expect(answerOf(second)).toEqual({ ...answerOf(first), duplicate: true });
    expect(await framesOf(bob)).toHaveLength(1);
    const other = await createInstance().writer.write({ ...change, text: "twice" } as Change);
    expect(other).toEqual({ is: "refused", code: "cid_conflict" });
  });

  test("keeps seq and cursor dense while three instances write to the same people at once", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const writers = [createInstance(), createInstance(), createInstance()].map((instance) => instance.writer);
    const changes = Array.from({ length: 150 }, (_, n) =>
      n % 2 === 0
        ? send({ from: alice, to: bob, text: `a${n}` })
        : send({ from: bob, to: alice, text: `b${n}` }),
    );
    const outcomes = await Promise.all(changes.map((change, n) => pick(writers, n).write(change)));
    const dense = Array.from({ length: 150 }, (_, n) => n + 1);
    expect(outcomes.map((outcome) => answerOf(outcome).seq).toSorted((a, b) => a - b)).toEqual(dense);
    for (const user of [alice, bob]) {
      const frames = await framesOf(user);
      expect(frames.map((frame) => frame.cursor)).toEqual(dense);
      expect(frames.map((frame) => frame.seq)).toEqual(dense);
    }
    const page = await readPage(database.db, { user: alice, conversation, before: null, limit: 200, now });
    expect(page.messages.map((message) => message.seq)).toEqual(dense);
  });

  test("stores the changes of one instance in the order they came in", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer } = createInstance();
    const texts = Array.from({ length: 40 }, (_, n) => `line ${n}`);
    await Promise.all(texts.map((text) => writer.write(send({ from: alice, to: bob, text }))));
    expect((await framesOf(bob)).map((frame) => frame.text)).toEqual(texts);
  });

  test("commits together what arrived while it was busy", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer, commits } = createInstance();
    await Promise.all(
      Array.from({ length: 60 }, () => writer.write(send({ from: alice, to: bob, text: "x" }))),
    );
    expect(commits.length).toBeLessThan(5);
    expect(commits.flatMap((commit) => commit.rows)).toHaveLength(120);
  });

  test("lets a mark wait for a send to share its commit with, and does not let it wait for long", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer, commits } = createInstance();
    await writer.write(send({ from: alice, to: bob, text: "first" }));
    const mark = writer.write({ kind: "received", user: bob, cursor: 1, attended: false });
    await writer.write(send({ from: alice, to: bob, text: "second" }));
    expect(await mark).toEqual({ is: "done" });
    expect(commits.map((commit) => commit.rows.map((row) => row.kind))).toEqual([
      ["message", "message"],
      ["delivered", "message", "message"],
    ]);
    expect(await writer.write({ kind: "received", user: bob, cursor: 2, attended: false })).toEqual({
      is: "done",
    });
    expect(commits.at(-1)?.rows).toMatchObject([{ user: alice, kind: "delivered", seq: 2 }]);
  });

  test("is settled when the marks that waited are stored too", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer, commits } = createInstance();
    await writer.write(send({ from: alice, to: bob, text: "bye" }));
    void writer.write({ kind: "received", user: bob, cursor: 1, attended: false });
    await writer.settled();
    expect(commits.at(-1)?.rows).toMatchObject([{ user: alice, kind: "delivered" }]);
    expect(writer.depth()).toBe(0);
  });

  test("finds a repeat among older cids too", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer } = createInstance();
    const [older, newer] = [newCid(), newCid()] as const;
    await writer.write(send({ from: alice, to: bob, text: "newer", cid: newer }));
    const first = await writer.write(send({ from: alice, to: bob, text: "older", cid: older }));
    const again = await writer.write(send({ from: alice, to: bob, text: "older", cid: older }));
    expect(answerOf(again)).toEqual({ ...answerOf(first), duplicate: true });
  });

  test("derives delivered marks from the cursor that a device holds, once", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer } = createInstance();
    await Promise.all(["one", "two"].map((text) => writer.write(send({ from: alice, to: bob, text }))));
    await writer.write({ kind: "received", user: bob, cursor: 1, attended: false });
    await writer.write({ kind: "received", user: bob, cursor: 2, attended: false });
    await writer.write({ kind: "received", user: bob, cursor: 2, attended: false });
    await writer.write({ kind: "received", user: bob, cursor: 1, attended: false });
    const marks = (await framesOf(alice)).filter((frame) => frame.kind === "mark");
    expect(marks).toEqual([
      { type: "event", cursor: 3, kind: "mark", conversation, user: bob, mark: "delivered", seq: 1 },
      { type: "event", cursor: 4, kind: "mark", conversation, user: bob, mark: "delivered", seq: 2 },
    ]);
  });

  test("counts a batch of several senders and a read by their peer as one moment", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer } = createInstance();
    await Promise.all([
      writer.write(send({ from: alice, to: bob, text: "ping" })),
      writer.write({ kind: "read", user: bob, conversation, seq: 1 }),
      writer.write(send({ from: bob, to: alice, text: "pong" })),
    ]);
    const [seen] = await readConversations(database.db, { user: bob, now });
    expect(seen).toMatchObject({ headSeq: 2, mine: { delivered: 1, read: 1 }, unread: 0 });
    const [unseen] = await readConversations(database.db, { user: alice, now });
    expect(unseen).toMatchObject({ theirs: { delivered: 1, read: 1 }, unread: 1 });
  });

  test("refuses a batch as unavailable when the database is out of reach, and works again after", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer } = createInstance();
    const change = send({ from: alice, to: bob, text: "patience" });
    await database.db`alter table inbox_heads rename to inbox_heads_away`;
    const refused = await writer.write(change);
    await database.db`alter table inbox_heads_away rename to inbox_heads`;
    expect(refused).toEqual({ is: "refused", code: "unavailable", retryAfterMs: 1_000 });
    expect(answerOf(await writer.write(change)).duplicate).toBe(false);
  });

  test("lets the rest of a batch through, in order, when one change cannot be stored", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer, commits } = createInstance();
    const texts = Array.from({ length: 33 }, (_, n) => (n === 20 ? "null \u0000 byte" : `line ${n}`));
    const outcomes = await Promise.all(
      texts.map((text) => writer.write(send({ from: alice, to: bob, text }))),
    );
    expect(outcomes[20]).toMatchObject({ is: "refused", code: "unavailable" });
    const stored = await framesOf(bob);
    expect(stored.map((frame) => frame.text)).toEqual(texts.filter((_, n) => n !== 20));
    expect(commits.length).toBeLessThan(8);
  });

  test("commits no more text at once than one record on the bus takes", async () => {
    const { alice, bob } = await makePair(database.db);
    const { writer, commits } = createInstance();
    const text = "x".repeat(4_000);
    await Promise.all(Array.from({ length: 300 }, () => writer.write(send({ from: alice, to: bob, text }))));
    expect(commits.map((commit) => commit.rows.length / 2)).toEqual([250, 50]);
  });
});

describe("reading", () => {
  test("pages back through a conversation, and hides it from a stranger", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer } = createInstance();
    await Promise.all(
      Array.from({ length: 7 }, (_, n) => writer.write(send({ from: alice, to: bob, text: `${n}` }))),
    );
    const newest = await readPage(database.db, { user: bob, conversation, before: null, limit: 3, now });
    expect(newest.messages.map((message) => message.seq)).toEqual([5, 6, 7]);
    expect(newest.more).toBe(true);
    const oldest = await readPage(database.db, { user: bob, conversation, before: 3, limit: 3, now });
    expect(oldest).toMatchObject({ messages: [{ seq: 1 }, { seq: 2 }], more: false });
    const { alice: stranger } = await makePair(database.db);
    const peek = readPage(database.db, { user: stranger, conversation, before: null, limit: 3, now });
    expect(peek).rejects.toMatchObject({ code: "no_conversation" });
  });

  test("never shows a message older than seven days, purged or not", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer } = createInstance();
    await writer.write(send({ from: alice, to: bob, text: "old" }));
    const later = now + 7 * DAY_MS;
    const page = await readPage(database.db, { user: bob, conversation, before: null, limit: 3, now: later });
    expect(page.messages).toEqual([]);
    const [row] = await readConversations(database.db, { user: bob, now: later });
    expect(row?.unread).toBe(0);
    const options = { after: 0, limit: 10, since: later - 7 * DAY_MS };
    expect(await selectFrames(database.db, bob, options)).toEqual([]);
  });

  test("takes a snapshot whose cursor fits what it shows", async () => {
    const { alice, bob, conversation } = await makePair(database.db);
    const { writer } = createInstance();
    await Promise.all(["one", "two"].map((text) => writer.write(send({ from: alice, to: bob, text }))));
    const snapshot = await readSnapshot(database.db, { user: bob, now });
    const state = await selectState(database.db, bob);
    expect(snapshot).toMatchObject({ epoch: state?.epoch, cursor: 2, floor: 0, me: { id: bob } });
    expect(snapshot.conversations).toMatchObject([
      { id: conversation, with: { id: alice }, headSeq: 2, unread: 2, more: false },
    ]);
    expect(snapshot.conversations[0]?.messages.map((message) => message.text)).toEqual(["one", "two"]);
  });
});

function createInstance(): TestWriter {
  return testWriter({ db: database.db, clock: () => now });
}

function send(message: { from: UserId; to: UserId; text: string; cid?: Cid }): Change {
  const { from, to, text, cid = newCid() } = message;
  return { kind: "send", user: from, cid, to, text };
}

function answerOf(outcome: Outcome) {
  if (outcome.is !== "sent") throw new Error(`expected a sent message, got ${JSON.stringify(outcome)}`);
  return outcome.answer;
}

async function framesOf(user: UserId): Promise<{ [field: string]: unknown }[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 1_000, since: 0 });
  return rows.map((row) => JSON.parse(row.frame));
}

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}
