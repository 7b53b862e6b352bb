import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { InboxEvent } from "#protocol/frames.ts";
import type { ContactChange } from "#protocol/http.ts";
import type { ConversationId, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import { NOTHING_APPENDED } from "../inbox/append.ts";
import type { Appended } from "../inbox/append.ts";
import { selectFrames } from "../inbox/queries.ts";
import type { Revise } from "../messages/change.ts";
import { readConversations, readPage, readSnapshot } from "../messages/history.ts";
import type { Writer } from "../messages/writer.ts";
import { makePair, newCid } from "../testing/people.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { testWriter } from "../testing/writers.ts";
import { changeContact, removeContact } from "./change.ts";
import { connectUsers } from "./connect.ts";
import { contactsOf, peersOf } from "./queries.ts";

const NOW = Date.UTC(2026, 5, 15, 12);
const DAY_MS = 24 * 60 * 60 * 1_000;

let now = NOW;
let database: TestDatabase;
let writer: Writer;
let alice: UserId;
let bob: UserId;
let talk: ConversationId;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [NOW, NOW - 6 * DAY_MS] });
  writer = testWriter({ db: database.db, clock: () => now }).writer;
});

afterAll(() => database.close());

beforeEach(async () => {
  now = NOW;
  ({ alice, bob, conversation: talk } = await makePair(database.db));
});

function change(user: UserId, contact: UserId, to: ContactChange) {
  return database.db.begin((tx) =>
    changeContact(tx, { user, contact, change: to }, { at: now, origin: "a test" }),
  ) as Promise<Awaited<ReturnType<typeof changeContact>>>;
}

function remove(user: UserId, contact: UserId) {
  const options = { at: now, origin: "a test" };
  return database.db.begin((tx) => removeContact(tx, { user, contact }, options)) as Promise<Appended>;
}

function connect(willing: UserId[] = []) {
  const options = { at: now, origin: "a test", willing };
  return database.db.begin((tx) => connectUsers(tx, [alice, bob], options)) as Promise<Appended>;
}

function send(user: UserId, to: UserId, text: string) {
  return writer.write({ kind: "send", user, cid: newCid(), to, text });
}

function read(user: UserId, seq: number) {
  return writer.write({ kind: "read", user, conversation: talk, seq });
}

/** A user's events as a device that was away reads them. */
async function eventsOf(user: UserId): Promise<InboxEvent[]> {
  const since = now - RETENTION_MS;
  const frames = await selectFrames(database.db, user, { after: 0, limit: 100, since });
  return frames.map(({ frame }) => JSON.parse(frame) as InboxEvent);
}

/** Their events, each in a few words. */
async function storyOf(user: UserId): Promise<string[]> {
  return (await eventsOf(user)).map((event) => {
    if (event.kind === "message") return event.text;
    if (event.kind === "mark") return `${event.mark} ${event.seq}`;
    if (event.kind === "revision") return `revision ${event.seq}`;
    return event.kind === "contact" ? event.contact.standing : event.kind;
  });
}

async function conversationOf(user: UserId) {
  const [conversation] = await readConversations(database.db, { user, now });
  return conversation;
}

describe("what a person calls a contact, and whether they hear of them", () => {
  test("is told to their own devices as the state it came to, and to nobody else", async () => {
    const { contact, appended } = await change(alice, bob, { alias: "Bobby", muted: true });
    expect(contact).toMatchObject({
      id: bob,
      conversation: talk,
      alias: "Bobby",
      muted: true,
      standing: "contact",
    });
    expect(await eventsOf(alice)).toMatchObject([{ kind: "contact", cursor: 1, contact }]);
    expect(appended.rows.map(({ user, frame }) => [user, JSON.parse(frame)])).toEqual([
      [alice, { type: "event", cursor: 1, kind: "contact", contact }],
    ]);
    expect(await eventsOf(bob)).toEqual([]);
    expect(appended.stirred).toEqual([]);
  });

  test("a resume and a snapshot say the same, however often it was changed", async () => {
    await change(alice, bob, { alias: "Bobby" });
    await change(alice, bob, { muted: true });
    const { contact } = await change(alice, bob, { alias: null });
    const { name, hue, ...dealings } = contact;
    expect((await eventsOf(alice)).map((event) => event.kind === "contact" && event.contact)).toEqual([
      contact,
      contact,
      contact,
    ]);
    expect(await contactsOf(database.db, alice)).toEqual([contact]);
    const snapshot = await readSnapshot(database.db, { user: alice, now });
    expect(snapshot.conversations).toMatchObject([
      { id: talk, with: { id: bob, name, hue }, alias: dealings.alias, muted: true, standing: "contact" },
    ]);
  });

  test("is appended once, however often it is said", async () => {
    await change(alice, bob, { alias: "Bobby", muted: true });
    expect((await change(alice, bob, { alias: "Bobby", muted: true })).appended).toEqual(NOTHING_APPENDED);
    expect((await change(alice, bob, {})).appended).toEqual(NOTHING_APPENDED);
  });

  test("can be said of contacts only", async () => {
    const { alice: eve } = await makePair(database.db);
    await expect(change(alice, eve, { muted: true })).rejects.toMatchObject({ code: "not_found" });
    const nobody = crypto.randomUUID() as UserId;
    await expect(change(alice, nobody, { muted: true })).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("who is shut out", () => {
  test("hears nothing of it, and their connections look again at whom they see", async () => {
    const { contact, appended } = await change(alice, bob, { blocked: true });
    expect(contact.standing).toBe("blocked");
    expect(await storyOf(bob)).toEqual([]);
    expect(appended.stirred).toEqual([bob]);
    const [outbox] = await database.db<{ records: string }[]>`
      select records from bus_outbox where id = ${appended.outboxId ?? 0}`;
    expect(JSON.parse(outbox?.records ?? "")).toMatchObject([{ kind: "contacts.changed", key: bob }]);
    expect(await peersOf(database.db, bob)).toMatchObject([
      { id: alice, relation: "blockedBy", relationBack: "blocked" },
    ]);
  });

  test("writes on, and what they wrote is nowhere on the other side", async () => {
    await send(bob, alice, "before");
    await change(alice, bob, { blocked: true });
    expect(await send(bob, alice, "after")).toMatchObject({
      is: "sent",
      answer: { seq: 2, duplicate: false },
    });
    expect(await storyOf(bob)).toEqual(["before", "after"]);
    expect(await storyOf(alice)).toEqual(["before", "blocked"]);
    expect(await conversationOf(alice)).toMatchObject({ headSeq: 1, unread: 1, standing: "blocked" });
    expect(await conversationOf(bob)).toMatchObject({ headSeq: 2, standing: "contact" });
    const page = { conversation: talk, before: null, limit: 10, now };
    expect((await readPage(database.db, { user: alice, ...page })).messages.map(({ text }) => text)).toEqual([
      "before",
    ]);
    expect((await readPage(database.db, { user: bob, ...page })).messages).toHaveLength(2);
    const { conversations } = await readSnapshot(database.db, { user: alice, now });
    expect(conversations[0]?.messages.map(({ text }) => text)).toEqual(["before"]);
  });

  test("cannot be written to by who shut them out", async () => {
    await change(alice, bob, { blocked: true });
    expect(await send(alice, bob, "hello?")).toEqual({ is: "refused", code: "blocked" });
  });

  test("hears of no tick, before and after the other reads on", async () => {
    await send(bob, alice, "before");
    await change(alice, bob, { blocked: true });
    await writer.write({ kind: "received", user: alice, cursor: 1, attended: false });
    await read(alice, 1);
    expect(await storyOf(bob)).toEqual(["before"]);
    expect(await conversationOf(bob)).toMatchObject({ theirs: { delivered: 0, read: 0 } });
    expect(await conversationOf(alice)).toMatchObject({ mine: { delivered: 1, read: 1 }, unread: 0 });
  });

  test("finds, once let in again, that all they wrote arrives, in order, with honest ticks", async () => {
    await send(bob, alice, "before");
    await change(alice, bob, { blocked: true });
    for (const text of ["one", "two"]) await send(bob, alice, text);
    const { contact, appended } = await change(alice, bob, { blocked: false });
    expect(contact.standing).toBe("contact");
    expect(appended.rows.map(({ kind, seq }) => [kind, seq])).toEqual([
      ["contact", 0],
      ["message", 2],
      ["message", 3],
    ]);
    expect(await storyOf(alice)).toEqual(["before", "contact", "contact", "one", "two"]);
    expect(await conversationOf(alice)).toMatchObject({ headSeq: 3, unread: 3 });
    await writer.write({ kind: "received", user: alice, cursor: 5, attended: false });
    expect(await conversationOf(bob)).toMatchObject({ theirs: { delivered: 3, read: 0 } });
    expect((await storyOf(bob)).at(-1)).toBe("delivered 3");
  });

  test("a message that waited for days goes with its own day, and is resumed until then", async () => {
    now = NOW - 6 * DAY_MS;
    await change(alice, bob, { blocked: true });
    await send(bob, alice, "patience");
    now = NOW;
    await change(alice, bob, { blocked: false });
    expect((await storyOf(alice)).at(-1)).toBe("patience");
    now = NOW + 2 * DAY_MS;
    expect(await storyOf(alice)).toEqual(["contact"]);
    expect((await conversationOf(alice))?.unread).toBe(0);
  });

  test("no message falls between, however blocks and sends race", async () => {
    const texts = Array.from({ length: 30 }, (_, n) => `line ${n}`);
    const sends = [];
    for (let turn = 0; turn < 6; turn++) {
      const changing = change(alice, bob, { blocked: turn % 2 === 0 });
      for (const text of texts.slice(turn * 5, turn * 5 + 5)) sends.push(send(bob, alice, text));
      await changing;
    }
    await Promise.all(sends);
    const messages = (await storyOf(alice)).filter((word) => word.startsWith("line"));
    expect(messages).toEqual(texts);
    expect((await conversationOf(alice))?.headSeq).toBe(texts.length);
  });

  test("shuts out in turn without undoing the first block", async () => {
    await change(alice, bob, { blocked: true });
    await send(bob, alice, "anybody?");
    await change(bob, alice, { blocked: true });
    expect(await send(bob, alice, "no")).toEqual({ is: "refused", code: "blocked" });
    await change(alice, bob, { blocked: false });
    expect(await storyOf(alice)).toEqual(["contact", "contact", "anybody?"]);
    expect(await send(alice, bob, "yes?")).toMatchObject({ is: "sent" });
    expect(await storyOf(bob)).toEqual(["anybody?", "blocked"]);
  });
});

describe("what somebody who is shut out does to earlier messages", () => {
  async function seenBy(user: UserId) {
    const { messages } = await readPage(database.db, {
      user,
      conversation: talk,
      before: null,
      limit: 10,
      now,
    });
    return messages;
  }

  function revise(user: UserId, seq: number, act: Revise["act"]) {
    return writer.write({ kind: "revise", user, cid: newCid(), conversation: talk, seq, act });
  }

  test("is answered as ever, seen by themselves, and not by who shut them out until they are let in", async () => {
    await send(bob, alice, "mine");
    await send(alice, bob, "hers");
    await change(alice, bob, { blocked: true });
    expect(await revise(bob, 1, { is: "edit", text: "after all" })).toMatchObject({ is: "revised" });
    expect(await revise(bob, 2, { is: "react", emoji: "👋" })).toMatchObject({ is: "revised" });
    expect((await storyOf(bob)).slice(-2)).toEqual(["revision 1", "revision 2"]);
    expect(await seenBy(bob)).toMatchObject([{ text: "after all" }, { reactions: [{ from: bob }] }]);
    const [first, second] = await seenBy(alice);
    expect([first?.text, first?.hidden, second?.reactions]).toEqual(["", true, undefined]);
    expect(JSON.stringify(await eventsOf(alice))).not.toMatch(/after all|👋/);
    await change(alice, bob, { blocked: false });
    expect(await seenBy(alice)).toMatchObject([{ text: "after all" }, { reactions: [{ from: bob }] }]);
    expect((await storyOf(alice)).slice(-2)).toEqual(["revision 1", "revision 2"]);
    expect((await eventsOf(alice)).at(-2)).toMatchObject({ by: bob, message: { text: "after all" } });
  });

  test("taking something back is not kept from anybody", async () => {
    await send(bob, alice, "I regret this");
    await change(alice, bob, { blocked: true });
    await revise(bob, 1, { is: "delete", for: "both" });
    expect(await seenBy(alice)).toMatchObject([{ text: "", deletedAt: now }]);
  });

  test("who shut them out cannot do anything that would reach them, and finds nothing that they were not shown", async () => {
    await send(bob, alice, "before");
    await change(alice, bob, { blocked: true });
    await send(bob, alice, "after");
    expect(await revise(alice, 1, { is: "react", emoji: "👍" })).toEqual({ is: "refused", code: "blocked" });
    expect(await revise(alice, 2, { is: "delete", for: "me" })).toEqual({
      is: "refused",
      code: "no_message",
    });
    expect(await revise(alice, 1, { is: "delete", for: "me" })).toMatchObject({ is: "revised" });
  });
});

describe("who is removed", () => {
  test("is told that it has ended, and keeps what was said; the other side is gone", async () => {
    await send(bob, alice, "before");
    await remove(alice, bob);
    expect(await storyOf(bob)).toEqual(["before", "ended"]);
    expect(await storyOf(alice)).toEqual(["before", "removed"]);
    expect(await conversationOf(alice)).toBeUndefined();
    expect(await conversationOf(bob)).toMatchObject({ id: talk, standing: "ended", headSeq: 1 });
    expect(await contactsOf(database.db, bob)).toEqual([]);
    expect(await peersOf(database.db, bob)).toEqual([]);
    const page = { conversation: talk, before: null, limit: 10, now };
    await expect(readPage(database.db, { user: alice, ...page })).rejects.toMatchObject({
      code: "no_conversation",
    });
    expect((await readPage(database.db, { user: bob, ...page })).messages).toHaveLength(1);
  });

  test("can neither write nor be written to, and no tick of theirs is told", async () => {
    await send(alice, bob, "read this");
    await remove(alice, bob);
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      expect(await send(from, to, "hello?")).toEqual({ is: "refused", code: "not_a_contact" });
    }
    await read(bob, 1);
    expect(await storyOf(alice)).toEqual(["read this", "removed"]);
  });

  test("does not learn what the other is called later", async () => {
    const before = (await conversationOf(bob))?.with.name;
    await send(bob, alice, "before");
    await remove(alice, bob);
    await database.db`update users set name = 'Somebody Else', hue = 7 where id = ${alice}`;
    expect((await conversationOf(bob))?.with).toEqual({ id: alice, name: before ?? "", hue: null });
    expect((await eventsOf(bob)).at(-1)).toMatchObject({ contact: { name: before, hue: null } });
  });

  test("is gone there too once they remove what is left, or it has left the retention", async () => {
    await send(bob, alice, "before");
    await remove(alice, bob);
    await remove(bob, alice);
    expect((await storyOf(bob)).at(-1)).toBe("removed");
    expect(await conversationOf(bob)).toBeUndefined();
    await expect(remove(bob, alice)).rejects.toMatchObject({ code: "not_found" });
    ({ alice, bob, conversation: talk } = await makePair(database.db));
    await send(bob, alice, "before");
    await remove(alice, bob);
    now = NOW + RETENTION_MS + 1;
    expect(await conversationOf(bob)).toBeUndefined();
  });

  test("can come back, to the same conversation", async () => {
    await send(bob, alice, "before");
    await change(bob, alice, { alias: "Al" });
    await remove(alice, bob);
    await connect();
    expect(await conversationOf(bob)).toMatchObject({ id: talk, standing: "contact", alias: "Al" });
    expect(await conversationOf(alice)).toMatchObject({ id: talk, standing: "contact" });
    expect(await send(bob, alice, "again")).toMatchObject({ is: "sent", answer: { seq: 2 } });
  });

  test("stays shut out when they come back, until whoever blocked them wants them", async () => {
    await change(alice, bob, { blocked: true });
    await remove(alice, bob);
    await connect([bob]);
    expect(await conversationOf(alice)).toMatchObject({ standing: "blocked" });
    expect(await conversationOf(bob)).toMatchObject({ standing: "contact" });
    await send(bob, alice, "let me in");
    await connect([alice]);
    expect(await conversationOf(alice)).toMatchObject({ standing: "contact", unread: 1 });
    expect((await storyOf(alice)).slice(-2)).toEqual(["contact", "let me in"]);
  });
});
