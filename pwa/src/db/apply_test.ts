import { beforeEach, describe, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import { RETENTION_MS } from "#protocol/limits.ts";
import type { Revision } from "#protocol/messages.ts";
import { mintCid } from "../net/cid.ts";
import { contents, freshName, openFor, summaryOf } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { applyAck, applyEvents, applyPage, applyRevised, applySnapshot, OtherEpoch } from "./apply.ts";
import { adopt, NotOurs, readDevice } from "./device.ts";
import { keepDraft } from "./drafts.ts";
import type { Applied } from "./ledger.ts";
import { load } from "./load.ts";
import type { Disk } from "./open.ts";
import { purge } from "./purge.ts";
import { readUpTo, unconfirmedReads } from "./reads.ts";
import { keepUnsent } from "./unsent.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

let log: Log;
let bob: Person;
let conversation: ConversationId;
let disk: Disk;
let owner: { disk: Disk; user: UserId };

beforeEach(async () => {
  log = createLog({ now: () => NOW, pageSize: 5 });
  ({ person: bob, conversation } = log.meet("Bob"));
  disk = await openFor(log, freshName());
  owner = { disk, user: log.me.id };
  await applySnapshot(owner, { snapshot: log.snapshot() });
});

/** Everything the log has and this device may not, applied. */
function catchUp(after = 0): Promise<unknown> {
  return applyEvents(owner, { epoch: log.epoch, events: log.after(after) });
}

async function compose(text: string): Promise<Cid> {
  const row = composed({ conversation, to: bob.id, text, now: NOW });
  await keepUnsent(owner, row);
  return row.cid;
}

async function unsentTexts(): Promise<string[]> {
  const { unsent } = await load(owner);
  return unsent.map(({ text }) => text);
}

describe("events", () => {
  test("are written together with the cursor of the last", async () => {
    log.hear(bob.id, "hello");
    log.hear(bob.id, "there");
    await catchUp();
    const summary = await summaryOf(owner, conversation);
    expect((await readDevice(disk))?.cursor).toBe(log.head());
    expect(summary.last?.text).toBe("there");
    expect(summary.unread).toBe(2);
  });

  test("that come again change nothing", async () => {
    log.hear(bob.id, "hello");
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 1 });
    log.hear(bob.id, "there");
    await catchUp();
    const once = await contents(disk);
    await catchUp();
    await applyEvents(owner, { epoch: log.epoch, events: log.after(0).toReversed() });
    expect(await contents(disk)).toEqual(once);
  });

  test("of a tab that lags behind do not move the cursor back", async () => {
    log.hear(bob.id, "hello");
    log.hear(bob.id, "there");
    await catchUp();
    await applyEvents(owner, { epoch: log.epoch, events: log.after(1).slice(0, 1) });
    expect((await readDevice(disk))?.cursor).toBe(log.head());
  });

  test("of an epoch that the device has left are not written", async () => {
    log.hear(bob.id, "hello");
    const old = log.epoch;
    log.rewind(1);
    await applySnapshot(owner, { snapshot: log.snapshot() });
    await expect(applyEvents(owner, { epoch: old, events: log.after(0) })).rejects.toBeInstanceOf(OtherEpoch);
  });

  test("for a person whose device it is no more are not written", async () => {
    const other = createLog({ name: "Carol", now: () => NOW });
    await adopt(disk, other.me);
    log.hear(bob.id, "for alice only");
    await expect(catchUp()).rejects.toBeInstanceOf(NotOurs);
    expect(await disk.read((tx) => tx.objectStore("messages").count())).toBe(0);
  });

  test("about a conversation that the device does not know say so", async () => {
    const stranger = log.meet("Carol");
    log.hear(stranger.person.id, "hi");
    const applied = await applyEvents(owner, { epoch: log.epoch, events: log.after(2) });
    expect(applied.strange).toEqual([stranger.conversation]);
  });

  test("bring a contact with an empty conversation", async () => {
    const { conversation: added } = log.meet("Carol");
    await catchUp();
    const { row, last, unread } = await summaryOf(owner, added);
    expect({ name: row.with.name, last, unread }).toEqual({ name: "Carol", last: null, unread: 0 });
  });
});

describe("a revision", () => {
  const react = (emoji: string): Revision => ({
    type: "message.react",
    cid: mintCid(NOW),
    conversation,
    seq: 1,
    emoji,
  });
  const remove = (whom: "both" | "me"): Revision => ({
    type: "message.delete",
    cid: mintCid(NOW),
    conversation,
    seq: 1,
    for: whom,
  });

  test("takes the place of what the device held, and an older copy that comes late does not", async () => {
    log.hear(bob.id, "the needle");
    await catchUp();
    const page = log.page(conversation, { before: 9, limit: 9 });
    const [, message] = log.events;
    log.revise(bob.id, remove("both"));
    await catchUp();
    expect(JSON.stringify(await contents(disk))).not.toContain("needle");
    await applyPage(owner, { conversation, before: 9, page });
    if (message) await applyEvents(owner, { epoch: log.epoch, events: [message] });
    expect(JSON.stringify(await contents(disk))).not.toContain("needle");
    expect((await summaryOf(owner, conversation)).last).toMatchObject({ text: "", deletedAt: NOW + 1 });
  });

  test("of a message that the device does not hold yet is there before an older copy comes", async () => {
    log.hear(bob.id, "hello");
    const page = log.page(conversation, { before: 9, limit: 9 });
    log.revise(log.me.id, react("👍"));
    await applyEvents(owner, { epoch: log.epoch, events: log.after(log.head() - 1) });
    await applyPage(owner, { conversation, before: 9, page });
    const { last, unread } = await summaryOf(owner, conversation);
    expect([last?.reactions, unread]).toEqual([[{ from: log.me.id, emoji: "👍" }], 1]);
  });

  test("that hides the newest message makes the one before it the last line", async () => {
    log.hear(bob.id, "still here");
    log.hear(bob.id, "out of sight");
    log.revise(log.me.id, { ...remove("me"), seq: 2 });
    await catchUp();
    expect((await summaryOf(owner, conversation)).last?.text).toBe("still here");
    expect(JSON.stringify(await contents(disk))).not.toContain("out of sight");
  });

  test("of a message that has expired changes nothing but the cursor", async () => {
    log.hear(bob.id, "hello");
    await catchUp();
    const event = {
      type: "event",
      kind: "revision",
      conversation,
      seq: 1,
      by: bob.id,
      message: null,
    } as const;
    const cursor = log.head() + 1;
    const applied = await applyEvents(owner, { epoch: log.epoch, events: [{ ...event, cursor }] });
    expect(applied.messages).toEqual([]);
    expect((await readDevice(disk))?.cursor).toBe(cursor);
  });

  test("comes to the screen with its own answer, before its event", async () => {
    log.hear(bob.id, "hello");
    await catchUp();
    const revised = log.revise(log.me.id, react("❤️"));
    if (!revised) throw new Error("The message is there.");
    const { messages, settled } = await applyRevised(owner, revised);
    expect([messages, settled]).toEqual([[revised.message], [revised.cid]]);
    expect((await readDevice(disk))?.cursor).toBe(log.head() - 1);
  });
});

describe("what is settled about a contact", () => {
  const settled = { alias: "Bobby", muted: true, standing: "blocked" } as const;

  test("is what the last event says, and what a snapshot says", async () => {
    log.settle(bob.id, { alias: "B." });
    log.settle(bob.id, settled);
    await catchUp();
    expect((await summaryOf(owner, conversation)).row).toMatchObject(settled);
    log.settle(bob.id, { alias: null });
    await applySnapshot(owner, { snapshot: log.snapshot() });
    expect((await summaryOf(owner, conversation)).row).toMatchObject({ ...settled, alias: null });
  });

  test("leaves messages and marks as they are", async () => {
    log.hear(bob.id, "hi");
    log.settle(bob.id, settled);
    await catchUp();
    const { last, unread } = await summaryOf(owner, conversation);
    expect([last?.text, unread]).toEqual(["hi", 1]);
  });

  test("that they are removed takes the conversation, its draft and what was not sent to them", async () => {
    log.hear(bob.id, "hi");
    await catchUp();
    const { person: carol, conversation: other } = log.meet("Carol");
    log.hear(carol.id, "me too");
    await catchUp();
    await keepDraft(owner, { conversation, text: "half a", changedAt: NOW });
    await keepDraft(owner, { conversation: other, text: "half b", changedAt: NOW });
    const cid = await compose("too late");
    const before = log.head();
    log.settle(bob.id, { standing: "removed" });
    const applied = await applyEvents(owner, { epoch: log.epoch, events: log.after(before) });
    expect(applied).toMatchObject({
      dropped: [conversation],
      settled: [cid],
      conversations: [],
      strange: [],
    });
    const { conversations, unsent, drafts } = await load(owner);
    expect(conversations.map(({ row, last }) => [row.id, last?.text])).toEqual([[other, "me too"]]);
    expect([unsent, drafts.map(({ text }) => text)]).toEqual([[], ["half b"]]);
  });

  test("that they are removed makes what else a resume brings of them no reason for a snapshot", async () => {
    const [contact, ...rest] = log.after(0);
    if (contact?.kind !== "contact") throw new Error("the first event is the contact");
    log.hear(bob.id, "hi");
    const removed = { ...contact, contact: { ...contact.contact, standing: "removed" as const } };
    const applied = await applyEvents(owner, {
      epoch: log.epoch,
      events: [removed, ...rest, ...log.after(1)],
    });
    expect(applied).toMatchObject({ dropped: [conversation], strange: [], messages: [] });
  });

  test("that it has ended keeps what was said, and nothing where nothing was said", async () => {
    const { person: carol, conversation: silent } = log.meet("Carol");
    log.hear(bob.id, "bye");
    for (const { id } of [bob, carol]) log.settle(id, { standing: "ended" });
    await catchUp();
    expect((await summaryOf(owner, conversation)).row.standing).toBe("ended");
    const { conversations } = await load(owner);
    expect(conversations.map(({ row }) => row.id)).not.toContain(silent);
    const { dropped } = await purge(owner, { now: NOW + RETENTION_MS + 1 });
    expect(dropped).toEqual([conversation]);
    expect((await load(owner)).conversations).toEqual([]);
  });

  test("a snapshot takes what it does not know, unless another tab is ahead of it", async () => {
    const old = log.snapshot();
    const { conversation: added } = log.meet("Carol");
    await catchUp();
    await applySnapshot(owner, { snapshot: old });
    expect((await load(owner)).conversations.map(({ row }) => row.id)).toContain(added);
    log.settle(bob.id, { standing: "removed" });
    const { dropped } = await applySnapshot(owner, { snapshot: log.snapshot() });
    expect(dropped).toEqual([conversation]);
  });
});

describe("what the person shows of themselves", () => {
  test("is kept with the device, whatever said it", async () => {
    log.show({ name: "Alicia", hue: 30 });
    const applied = (await catchUp()) as Applied;
    expect(applied.profile).toMatchObject({ name: "Alicia", hue: 30, showsPresence: true });
    expect((await readDevice(disk))?.me).toEqual(log.me);
    log.show({ sendsReceipts: false });
    await applySnapshot(owner, { snapshot: log.snapshot() });
    expect((await readDevice(disk))?.me).toEqual(log.me);
  });
});

describe("an own message", () => {
  test("is never counted as unread", async () => {
    log.send({ cid: mintCid(NOW), to: bob.id, text: "from my other device" });
    await catchUp();
    expect((await summaryOf(owner, conversation)).unread).toBe(0);
  });

  test("leaves the outbox with its ack, and its event changes nothing but the cursor", async () => {
    const ack = log.send({ cid: await compose("hello"), to: bob.id, text: "hello" });
    if (!ack) throw new Error("Bob is a contact.");
    const { settled, messages } = await applyAck(owner, ack);
    expect([settled, messages.map(({ seq }) => seq)]).toEqual([[ack.cid], [1]]);
    expect(await unsentTexts()).toEqual([]);
    const acked = await contents(disk);
    await catchUp();
    expect(await contents(disk)).toEqual(acked);
  });

  test("leaves the outbox with its event, and a late ack changes nothing", async () => {
    const ack = log.send({ cid: await compose("hello"), to: bob.id, text: "hello" });
    if (!ack) throw new Error("Bob is a contact.");
    await catchUp();
    expect(await unsentTexts()).toEqual([]);
    const once = await contents(disk);
    await applyAck(owner, ack);
    expect(await contents(disk)).toEqual(once);
  });

  test("shows the text that the server kept, not the one that was typed", async () => {
    const ack = log.send({ cid: await compose("e\u0301"), to: bob.id, text: "\u00e9" });
    if (!ack) throw new Error("Bob is a contact.");
    await applyAck(owner, ack);
    await catchUp();
    expect((await summaryOf(owner, conversation)).last?.text).toBe("\u00e9");
  });

  test("that an ack brings does not move the cursor: what is before its event may be missing", async () => {
    const before = (await readDevice(disk))?.cursor;
    log.hear(bob.id, "not here yet");
    const ack = log.send({ cid: await compose("hello"), to: bob.id, text: "hello" });
    if (!ack) throw new Error("Bob is a contact.");
    await applyAck(owner, ack);
    expect((await readDevice(disk))?.cursor).toBe(before);
  });
});

describe("a snapshot", () => {
  test("leaves nothing of a message below it that was deleted in what this device missed", async () => {
    log.hear(bob.id, "the needle");
    for (let n = 1; n <= 9; n += 1) log.hear(bob.id, `message ${n}`);
    await catchUp();
    log.revise(bob.id, { type: "message.delete", cid: mintCid(NOW), conversation, seq: 1, for: "both" });
    await applySnapshot(owner, { snapshot: log.snapshot() });
    expect(JSON.stringify(await contents(disk))).not.toContain("needle");
    const page = log.page(conversation, { before: 6, limit: 9 });
    await applyPage(owner, { conversation, before: 6, page });
    const [first] = await disk.read((tx) => tx.objectStore("messages").getAll());
    expect(first).toMatchObject({ seq: 1, text: "", deletedAt: NOW + 1 });
  });

  test("replaces what lies below it, and leaves the outbox and drafts", async () => {
    for (let n = 1; n <= 3; n += 1) log.hear(bob.id, `early ${n}`);
    await catchUp();
    await compose("unsent");
    await keepDraft(owner, { conversation, text: "half a thou", changedAt: NOW });
    for (let n = 1; n <= 9; n += 1) log.hear(bob.id, `late ${n}`);
    await applySnapshot(owner, { snapshot: log.snapshot() });
    const texts = (await disk.read((tx) => tx.objectStore("messages").getAll())).map(({ text }) => text);
    expect(texts).toEqual(["late 5", "late 6", "late 7", "late 8", "late 9"]);
    expect(await unsentTexts()).toEqual(["unsent"]);
    expect((await load(owner)).drafts.map(({ text }) => text)).toEqual(["half a thou"]);
  });

  test("ends outbox rows of messages that were accepted while the ack was lost", async () => {
    log.send({ cid: await compose("hello"), to: bob.id, text: "hello" });
    await applySnapshot(owner, { snapshot: log.snapshot() });
    expect(await unsentTexts()).toEqual([]);
  });

  test("of another epoch replaces the copy, and keeps the outbox", async () => {
    log.hear(bob.id, "kept");
    log.hear(bob.id, "never happened");
    await catchUp();
    await compose("unsent");
    log.rewind(2);
    await applySnapshot(owner, { snapshot: log.snapshot() });
    expect((await summaryOf(owner, conversation)).last?.text).toBe("kept");
    expect(await readDevice(disk)).toMatchObject({ epoch: log.epoch, cursor: 2 });
    expect(await unsentTexts()).toEqual(["unsent"]);
  });

  test("of a log that lost its end replaces the copy and takes its lower cursor", async () => {
    log.hear(bob.id, "kept");
    log.hear(bob.id, "never happened");
    await catchUp();
    log.forget(2);
    await applySnapshot(owner, { snapshot: log.snapshot(), lost: true });
    expect((await summaryOf(owner, conversation)).last?.text).toBe("kept");
    expect((await readDevice(disk))?.cursor).toBe(2);
  });

  test("that is older than what another tab wrote does not move anything back", async () => {
    const old = log.snapshot();
    log.hear(bob.id, "hello");
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 1 });
    await catchUp();
    const newer = await contents(disk);
    await applySnapshot(owner, { snapshot: old });
    expect(await contents(disk)).toEqual(newer);
    expect((await readDevice(disk))?.cursor).toBe(log.head());
  });
});

describe("unread", () => {
  /** Twelve unread of which the snapshot brings five, with an own one between. */
  beforeEach(async () => {
    for (let n = 1; n <= 12; n += 1) log.hear(bob.id, `message ${n}`);
    log.send({ cid: mintCid(NOW), to: bob.id, text: "mine" });
    await applySnapshot(owner, { snapshot: log.snapshot() });
  });

  const unread = async (): Promise<number> => (await summaryOf(owner, conversation)).unread;

  test("counts what the server counted, also what this device does not hold", async () => {
    expect(await unread()).toBe(12);
  });

  test("stays the same while older pages come in", async () => {
    for (const before of [9, 6, 3]) {
      const page = log.page(conversation, { before, limit: 3 });
      await applyPage(owner, { conversation, before, page });
      expect(await unread()).toBe(12);
    }
    expect((await summaryOf(owner, conversation)).row.unheld).toBeNull();
  });

  test("falls with reading, here or on another device", async () => {
    await readUpTo(owner, new Map([[conversation, 10]]));
    expect(await unread()).toBe(2);
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 13 });
    await catchUp();
    expect(await unread()).toBe(0);
  });

  test("falls with a mark of another device into what this one does not hold", async () => {
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 4 });
    await catchUp();
    expect(await unread()).toBe(8);
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 10 });
    await catchUp();
    expect(await unread()).toBe(2);
  });

  test("grows with what comes in", async () => {
    const before = log.head();
    log.hear(bob.id, "one more");
    await catchUp(before);
    expect(await unread()).toBe(13);
  });

  test("does not fall twice when a page brings what was read meanwhile", async () => {
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 4 });
    await catchUp(log.head() - 1);
    const page = log.page(conversation, { before: 5, limit: 4 });
    await applyPage(owner, { conversation, before: 5, page });
    expect(await unread()).toBe(8);
  });

  test("never rises again by a mark that is older", async () => {
    await readUpTo(owner, new Map([[conversation, 13]]));
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 2 });
    await catchUp();
    expect(await unread()).toBe(0);
  });
});

describe("a read mark of this device", () => {
  test("is remembered as untold until the server's own mark confirms it", async () => {
    log.hear(bob.id, "hello");
    await catchUp();
    await readUpTo(owner, new Map([[conversation, 1]]));
    expect((await summaryOf(owner, conversation)).row.toRead).toBe(1);
    expect(await unconfirmedReads(owner)).toEqual(new Map([[conversation, 1]]));
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 1 });
    await catchUp();
    expect((await summaryOf(owner, conversation)).row.toRead).toBeNull();
    expect(await unconfirmedReads(owner)).toEqual(new Map());
  });

  test("is nothing to be told by a tab of somebody who had the device before", async () => {
    log.hear(bob.id, "hello");
    await catchUp();
    await readUpTo(owner, new Map([[conversation, 1]]));
    expect(await unconfirmedReads({ disk, user: bob.id })).toEqual(new Map());
  });

  test("survives a snapshot that does not know it", async () => {
    log.hear(bob.id, "hello");
    await catchUp();
    await readUpTo(owner, new Map([[conversation, 1]]));
    await applySnapshot(owner, { snapshot: log.snapshot() });
    const { row, unread } = await summaryOf(owner, conversation);
    expect({ read: row.mine.read, toRead: row.toRead, unread }).toEqual({ read: 1, toRead: 1, unread: 0 });
  });
});

test("a page with nothing older below it is remembered as the end of the history", async () => {
  for (let n = 1; n <= 7; n += 1) log.hear(bob.id, `message ${n}`);
  await applySnapshot(owner, { snapshot: log.snapshot() });
  expect((await summaryOf(owner, conversation)).row.oldestSeq).toBe(1);
  await applyPage(owner, { conversation, before: 3, page: { messages: [], more: false } });
  expect((await summaryOf(owner, conversation)).row.oldestSeq).toBe(3);
});
