/** What is remembered never decides against what is: another hand changes it, and the writer that did not look decides by what it became. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { Cid, ConversationId, Cursor, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { deleteOwn, endConversations, makeTombstone } from "../account/queries.ts";
import { changeContact, removeContact } from "../contacts/change.ts";
import { connectUsers } from "../contacts/connect.ts";
import { lockHeads } from "../inbox/append.ts";
import type { Heads } from "../inbox/append.ts";
import { selectFrames } from "../inbox/queries.ts";
import { changeProfile } from "../profile/change.ts";
import { makePartitions } from "../retention/partitions.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { hear, testWriter } from "../testing/writers.ts";
import type { TestWriter } from "../testing/writers.ts";
import type { Outcome, Send } from "./change.ts";
import { noFacts, pair } from "./facts.ts";
import type { Facts } from "./facts.ts";
import { createMemory } from "./memory.ts";

const NOON = Date.UTC(2026, 5, 15, 12);

let database: TestDatabase;
let now: number;
let alice: UserId;
let bob: UserId;
let conversation: ConversationId;
let instance: TestWriter;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [NOON] });
});
afterAll(() => database.close());

/** Two who have talked for a while on one instance: it knows all that their next messages and marks need. */
beforeEach(async () => {
  now = NOON;
  ({ alice, bob, conversation } = await makePair(database.db));
  instance = createInstance();
  for (let n = 1; n <= 2; n++) {
    await say(alice, bob);
    await attend(bob);
    await say(bob, alice);
    await attend(alice);
  }
});

describe("what was known", () => {
  test("decides sends and marks", async () => {
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    expect(await knows(() => attend(bob))).toEqual([true, true]);
    expect(await knows(() => say(bob, alice))).toEqual([true]);
    expect(await marksOf(bob)).toEqual({ delivered: 5, read: 5 });
    expect((await events(bob)).map(({ cursor }) => cursor)).toEqual(dense((await events(bob)).length));
  });

  test("is caught up with when another instance wrote what was not heard", async () => {
    const other = createInstance();
    await say(bob, alice, other);
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    await say(bob, alice, other);
    expect(await knows(() => receiveAll(alice))).toEqual([true]);
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    expect(await seqsOf(alice)).toEqual(dense(8));
    expect(await marksOf(alice)).toMatchObject({ delivered: 7 });
  });

  test("is read again after another instance wrote more than is caught up with, and known from then on", async () => {
    const other = createInstance();
    await Promise.all(Array.from({ length: 100 }, () => say(bob, alice, other)));
    expect(await knows(() => say(alice, bob))).toEqual([false]);
    expect(await seqsOf(alice)).toEqual(dense(105));
    await afterDoubt();
    expect(await knows(() => say(alice, bob))).toEqual([true]);
  });

  test("is not caught up with for a large batch, which is read", async () => {
    await say(bob, alice, createInstance());
    const sends = Array.from({ length: 40 }, () => say(alice, bob));
    expect(await knows(() => Promise.all(sends))).toEqual([false]);
    expect(await seqsOf(bob)).toEqual(dense(45));
  });

  test("is not how far a message came that another instance stored", async () => {
    await say(alice, bob, createInstance());
    const cursor = await headOf(bob);
    await say(bob, alice);
    await receive(bob, cursor);
    expect(await marksOf(bob)).toMatchObject({ delivered: 5 });
  });

  test("is not changed by a batch that cannot be stored", async () => {
    await say(alice, bob);
    const cursor = await headOf(bob);
    const impossible = { ...sendOf(bob, alice), text: "null \u0000 byte" };
    const outcomes = await Promise.all([
      instance.writer.write({ kind: "received", user: bob, cursor, attended: false }),
      instance.writer.write(impossible),
    ]);
    expect(outcomes.map(({ is }) => is)).toEqual(["done", "refused"]);
    expect(await knows(() => say(bob, alice))).toEqual([true]);
    expect(await seqsOf(alice)).toEqual(dense(6));
    const marks = (await events(alice)).filter(({ mark }) => mark === "delivered");
    expect(marks.map(({ seq }) => seq)).toEqual([1, 3, 5]);
  });

  test("of marks is kept while only messages are read", async () => {
    const strangers = await makePair(database.db);
    const sends = [say(alice, bob), say(strangers.alice, strangers.bob)];
    expect(await knows(() => Promise.all(sends))).toEqual([false]);
    expect(await knows(() => attend(bob))).toEqual([true, true]);
    const told = (await events(alice)).filter(({ kind, seq }) => kind === "mark" && seq === 5);
    expect(told.map(({ mark }) => mark)).toEqual(["delivered", "read"]);
  });

  test("of marks is kept while messages are read that another instance followed up", async () => {
    const strangers = await makePair(database.db);
    const other = createInstance();
    await say(bob, alice, other);
    const sends = [say(alice, bob), say(strangers.alice, strangers.bob)];
    expect(await knows(() => Promise.all(sends))).toEqual([false]);
    expect(await knows(() => attend(bob))).toEqual([true, true]);
    expect(await seqsOf(bob)).toEqual(dense(6));
    expect(await marksOf(bob)).toEqual({ delivered: 6, read: 6 });
  });

  test("of one's own marks outlives that the other received something elsewhere", async () => {
    const strangers = await makePair(database.db);
    await Promise.all([say(alice, bob), say(bob, alice)]);
    await receiveAll(bob, createInstance());
    const sends = [say(alice, bob), say(strangers.alice, strangers.bob)];
    expect(await knows(() => Promise.all(sends))).toEqual([false]);
    expect(await knows(() => attend(alice))).toEqual([true, true]);
    expect(await marksOf(alice)).toEqual({ delivered: 7, read: 7 });
    expect(await knows(() => receiveAll(bob))).toEqual([false]);
    expect(await marksOf(bob)).toMatchObject({ delivered: 7 });
  });

  test("is not who sends receipts, where only messages were read since somebody was met", async () => {
    const change = { showsPresence: false };
    await changeProfile(database.db, { user: bob, change, at: now, origin: "a test" });
    expect(await knows(() => say(bob, alice))).toEqual([false]);
    await attend(alice);
    const told = (await events(bob)).filter(({ kind, seq }) => kind === "mark" && seq === 5);
    expect(told.map(({ mark }) => mark)).toEqual(["delivered", "read"]);
  });

  test("is asked for how far it was received, in whatever order a batch asks", () => {
    const memory = createMemory();
    memory.meet(headsOf([alice, bob]));
    memory.learn(knownFacts(), []);
    const received = { kind: "received", user: bob, cursor: 0, attended: false } as const;
    for (const changes of [
      [sendOf(alice, bob), received],
      [received, sendOf(alice, bob)],
    ]) {
      expect(memory.recall(changes, now)?.was).toEqual(
        new Map([
          [alice, { head: 0, received: null }],
          [bob, { head: 0, received: 0 }],
        ]),
      );
    }
  });

  test("of marks is forgotten when somebody is met who received more", () => {
    const memory = createMemory();
    const facts = knownFacts();
    facts.marks.set(pair(conversation, bob), { delivered: 0, read: 0, told: { delivered: 0, read: 0 } });
    memory.meet(headsOf([alice, bob]));
    memory.learn(facts, []);
    const read = { kind: "read", user: bob, conversation, seq: 1 } as const;
    memory.meet(headsOf([alice, bob]));
    expect(memory.recall([read], now)).not.toBeNull();
    memory.meet(new Map([...headsOf([bob])].map(([user, head]) => [user, { ...head, received: 1 }])));
    expect(memory.recall([read], now)).toBeNull();
  });

  test("never is that a repeat is new", async () => {
    const other = createInstance();
    const cid = newCid();
    const first = await say(alice, bob, other, cid);
    expect(await say(alice, bob, instance, cid)).toEqual(repeatOf(first));
    hear(instance, newest(other));
    expect(await say(alice, bob, instance, cid)).toEqual(repeatOf(first));
  });

  test("moves no mark twice when another instance moved it", async () => {
    await say(alice, bob);
    const cursor = await headOf(bob);
    for (const writer of [createInstance(), instance]) await receive(bob, cursor, writer);
    for (const writer of [createInstance(), instance]) await read(bob, 5, writer);
    const told = (await events(alice)).filter(({ kind, seq }) => kind === "mark" && seq === 5);
    expect(told.map(({ mark }) => mark)).toEqual(["delivered", "read"]);
  });

  test("of a message that is past the retention moves no mark", async () => {
    await say(alice, bob);
    const cursor = await headOf(bob);
    now += RETENTION_MS + 1;
    await makePartitions(database.db, now);
    await receive(bob, cursor);
    expect(await marksOf(bob)).toEqual({ delivered: 3, read: 3 });
  });

  test("is read where more messages waited than are remembered", async () => {
    const sends = Array.from({ length: 100 }, () => say(alice, bob));
    await Promise.all(sends);
    expect(await knows(() => receive(bob, 20))).toEqual([false]);
    const told = (await events(alice)).filter(({ kind, mark }) => kind === "mark" && mark === "delivered");
    const arrived = (await events(bob)).filter(({ cursor, from }) => cursor <= 20 && from === alice);
    expect(told.at(-1)?.seq).toBe(arrived.at(-1)?.seq ?? 0);
  });

  test("is all forgotten when it would be of too many people", () => {
    const memory = createMemory();
    const send = sendOf(alice, bob);
    memory.meet(headsOf([alice, bob]));
    memory.learn(knownFacts(), []);
    memory.meet(headsOf(Array.from({ length: 9_000 }, () => crypto.randomUUID() as UserId)));
    expect(memory.recall([send], now)).not.toBeNull();
    memory.meet(headsOf(Array.from({ length: 1_000 }, () => crypto.randomUUID() as UserId)));
    expect(memory.recall([send], now)).toBeNull();
  });
});

describe("what somebody settled meanwhile decides the next message:", () => {
  test("a block, by whom it shuts out", async () => {
    await settle({ blocked: true });
    const head = await headOf(bob);
    expect(await knows(() => say(alice, bob))).toEqual([false]);
    await afterDoubt();
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    expect(await headOf(bob)).toBe(head);
    await settle({ blocked: false });
    await say(alice, bob);
    const seqs = (await events(bob)).filter(({ kind }) => kind === "message").map(({ seq }) => seq);
    expect(seqs).toEqual(dense(8));
    await receive(bob, await headOf(bob));
    expect(await marksOf(bob)).toMatchObject({ delivered: 8 });
  });

  test("a block, though its maker was met since in another conversation", async () => {
    const { alice: carol } = await makePair(database.db);
    await database.db.begin((tx) => connectUsers(tx, [bob, carol], { at: now, origin: "a test" }));
    await settle({ blocked: true });
    await say(carol, bob);
    const head = await headOf(bob);
    await say(alice, bob);
    expect(await headOf(bob)).toBe(head);
  });

  test("a block, by who made it", async () => {
    await settle({ blocked: true });
    expect(await say(bob, alice)).toEqual({ is: "refused", code: "blocked" });
    await settle({ blocked: false });
    expect((await say(bob, alice)).is).toBe("sent");
  });

  test("a contact that was removed, and came back", async () => {
    await database.db.begin((tx) =>
      removeContact(tx, { user: bob, contact: alice }, { at: now, origin: "a test" }),
    );
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
      [alice, bob],
    ] as const) {
      expect(await say(from, to)).toEqual({ is: "refused", code: "not_a_contact" });
    }
    await database.db.begin((tx) => connectUsers(tx, [alice, bob], { at: now, origin: "a test" }));
    expect((await say(alice, bob)).is).toBe("sent");
    expect((await say(bob, alice)).is).toBe("sent");
  });

  test("an account that was deleted", async () => {
    await database.db.begin(async (tx) => {
      await lockHeads(tx, [alice, bob]);
      await makeTombstone(tx, bob, now);
      await deleteOwn(tx, bob);
      await endConversations(tx, bob, now);
    });
    expect(await say(alice, bob)).toEqual({ is: "refused", code: "not_a_contact" });
  });

  test("receipts that are no longer sent", async () => {
    await say(alice, bob);
    await receive(bob, await headOf(bob));
    const head = await headOf(alice);
    await changeProfile(database.db, {
      user: bob,
      change: { sendsReceipts: false },
      at: now,
      origin: "a test",
    });
    await read(bob, 5);
    expect(await headOf(alice)).toBe(head);
    expect(await marksOf(bob)).toEqual({ delivered: 5, read: 5 });
  });
});

describe("what other instances append is followed:", () => {
  test("messages and marks, so that the next ones are decided without reading", async () => {
    const other = createInstance();
    await Promise.all([say(alice, bob, other), say(bob, alice, other)]);
    hear(instance, newest(other));
    expect(await knows(() => receiveAll(bob))).toEqual([true]);
    expect(await marksOf(bob)).toMatchObject({ delivered: (await sentBy(alice)).at(-1) });
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    expect(await seqsOf(bob)).toEqual(dense(7));
  });

  test("twice is no harm", async () => {
    const other = createInstance();
    await say(alice, bob, other);
    await say(alice, bob, other);
    for (const commit of other.commits) hear(instance, commit);
    for (const commit of other.commits.slice(0, 1)) hear(instance, commit);
    expect(await knows(() => say(bob, alice))).toEqual([true]);
    expect(await seqsOf(alice)).toEqual(dense(7));
  });

  test("with a hole, it is read", async () => {
    const other = createInstance();
    await say(alice, bob, other);
    await say(alice, bob, other);
    hear(instance, newest(other));
    expect(await knows(() => say(alice, bob))).toEqual([false]);
    expect(await seqsOf(bob)).toEqual(dense(7));
  });

  test("marks that moved elsewhere are read where they matter, and do not hold up a message", async () => {
    const other = createInstance();
    await say(alice, bob);
    await receive(bob, await headOf(bob), other);
    hear(instance, newest(other));
    expect(await knows(() => say(alice, bob))).toEqual([true]);
    expect(await knows(() => receiveAll(bob))).toEqual([false]);
    const told = (await events(alice)).filter(({ mark }) => mark === "delivered").map(({ seq }) => seq);
    expect(told).toEqual([1, 3, 5, 6]);
  });

  test("who stands otherwise since is read", async () => {
    const { appended } = await settle({ blocked: true });
    hear(instance, appended);
    expect(await say(bob, alice)).toEqual({ is: "refused", code: "blocked" });
  });
});

function createInstance(): TestWriter {
  return testWriter({ db: database.db, clock: () => now });
}

async function say(from: UserId, to: UserId, on = instance, cid: Cid = newCid()): Promise<Outcome> {
  return on.writer.write(sendOf(from, to, cid));
}

function sendOf(from: UserId, to: UserId, cid: Cid = newCid()): Send {
  return { kind: "send", user: from, cid, to, text: "said" };
}

function headsOf(users: UserId[]): Heads {
  const head = { head: 0, received: 0, attended: 0, newestCid: "" as Cid, moved: false };
  return new Map(users.map((user) => [user, { ...head }]));
}

/** Enough for Alice to send to Bob. */
function knownFacts(): Facts {
  const facts = noFacts();
  facts.heads = headsOf([alice, bob]);
  facts.conversationOf.set(pair(alice, bob), conversation);
  const talk = { headSeq: 0, contacts: true, blocks: new Map(), sendsReceipts: true };
  facts.conversations.set(conversation, { ...talk, users: [alice, bob] });
  return facts;
}

async function receive(user: UserId, cursor: Cursor, on = instance): Promise<void> {
  await on.writer.write({ kind: "received", user, cursor, attended: false });
  await on.writer.settled();
}

async function receiveAll(user: UserId, on = instance): Promise<void> {
  await receive(user, await headOf(user), on);
}

async function read(user: UserId, seq: number, on = instance): Promise<void> {
  await on.writer.write({ kind: "read", user, conversation, seq });
  await on.writer.settled();
}

/** Takes in and reads all there is. */
async function attend(user: UserId): Promise<void> {
  await receiveAll(user);
  await read(user, (await seqsOf(user)).at(-1) ?? 0);
}

/** After a question that was answered with no, one batch is read without asking. */
async function afterDoubt(): Promise<void> {
  expect(await knows(() => say(alice, bob))).toEqual([false]);
}

/** Bob about Alice, by another hand. */
async function settle(change: { blocked: boolean }) {
  return (await database.db.begin((tx) =>
    changeContact(tx, { user: bob, contact: alice, change }, { at: now, origin: "a test" }),
  )) as Awaited<ReturnType<typeof changeContact>>;
}

/** Of each batch that this comes to, whether it was decided on what was known. */
async function knows(act: () => Promise<unknown>): Promise<boolean[]> {
  const before = instance.known.length;
  await act();
  return instance.known.slice(before);
}

function newest({ commits }: TestWriter) {
  const commit = commits.at(-1);
  if (commit === undefined) throw new Error("nothing was committed");
  return commit;
}

function repeatOf(outcome: Outcome): Outcome {
  if (outcome.is !== "sent") throw new Error("it was not sent");
  return { is: "sent", answer: { ...outcome.answer, duplicate: true } };
}

interface Told {
  cursor: Cursor;
  kind: string;
  seq: number;
  mark?: string;
  from?: UserId;
}

async function events(user: UserId): Promise<Told[]> {
  const rows = await selectFrames(database.db, user, { after: 0, limit: 1_000, since: 0 });
  return rows.map((row) => JSON.parse(row.frame) as Told);
}

async function seqsOf(user: UserId): Promise<number[]> {
  return (await events(user)).filter(({ kind }) => kind === "message").map(({ seq }) => seq);
}

async function sentBy(user: UserId): Promise<number[]> {
  return (await events(user)).filter(({ from }) => from === user).map(({ seq }) => seq);
}

async function headOf(user: UserId): Promise<Cursor> {
  const [row] = await database.db<{ head: Cursor }[]>`select head from inbox_heads where user_id = ${user}`;
  return row?.head ?? 0;
}

async function marksOf(user: UserId) {
  const [marks] = await database.db`
    select delivered, read from marks where conversation_id = ${conversation} and user_id = ${user}`;
  return { ...marks };
}

function dense(length: number): number[] {
  return Array.from({ length }, (_, n) => n + 1);
}
