import { beforeEach, expect, test } from "bun:test";
import type { Command, WireLimits } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { UnsentRow } from "../db/schema.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { composed } from "../testing/unsent.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import { Sender } from "./sender.ts";

const LIMITS = { sendBurst: 40, sendsPerSecond: 10 } as WireLimits;

let said: Command[];
let failures: unknown[];
let outbox: Outbox;
let sender: Sender;
/** What the disk has. */
let stored: UnsentRow[];
/** Ends the disk's write that is under way. */
let disk: PromiseWithResolvers<void>;

let time: BorrowedTime;
/** By how much the device's clock was put back since. Its timers do not mind. */
let putBackMs: number;

beforeEach(() => {
  time = borrowTime();
  putBackMs = 0;
  said = [];
  failures = [];
  disk = Promise.withResolvers();
  stored = [];
  outbox = createOutbox([], {
    jot: () => () => {},
    read: async () => [...stored],
    async keep(unsent) {
      await disk.promise;
      const row = { ...unsent, order: stored.length + 1 };
      stored.push(row);
      return row;
    },
    async keepSaid({ cid, now }) {
      const row = stored.find((other) => other.cid === cid);
      if (row) row.saidAt = now;
      return row !== undefined;
    },
    refuse: async () => undefined,
    again: async () => null,
    async takeBack(cid) {
      const index = stored.findIndex((row) => row.cid === cid && row.saidAt === null);
      return index >= 0 && stored.splice(index, 1).length > 0;
    },
    drop: async () => undefined,
    changed: () => sender.wake(),
    failed: (error) => failures.push(error),
  });
  sender = new Sender({
    outbox,
    time: { now: () => time.now() - putBackMs, after: time.after },
    say: (command) => said.push(command) > 0,
    exclusively: (body) => body(),
  });
});

function add(text: string, conversation = "c" as ConversationId): Promise<void> {
  const to = "bob" as UserId;
  return outbox.add(composed({ conversation, to, text, now: time.now(), cid: text as Cid }));
}

const texts = (): unknown[] => said.map((command) => command.type === "message.send" && command.text);

test("nothing is sent before the disk has it, nor anything that comes after it", async () => {
  sender.live(LIMITS);
  const one = add("one");
  const two = add("two");
  await outbox.reload();
  sender.wake();
  expect(said).toEqual([]);
  disk.resolve();
  await Promise.all([one, two]);
  expect(said).toEqual([{ type: "message.send", cid: "one" as Cid, to: "bob" as UserId, text: "one" }]);
});

test("a message that the disk refuses is sent all the same, and marked as not kept", async () => {
  sender.live(LIMITS);
  const adding = add("one");
  disk.reject(new DOMException("The disk is full.", "QuotaExceededError"));
  await adding;
  expect(outbox.rows()).toMatchObject([{ text: "one", kept: "failed" }]);
  expect(failures).toHaveLength(1);
  expect(said).toHaveLength(1);
});

test("an acked message makes room for the next, even before the device has stored it", async () => {
  disk.resolve();
  await add("one");
  await add("two");
  sender.live(LIMITS);
  await outbox.saying({ cid: "one" as Cid, now: time.now() });
  expect(texts()).toEqual(["one"]);
  const answer = { conversation: "c" as ConversationId, seq: 1, sentAt: 0, cursor: 1, duplicate: false };
  sender.acked({ type: "ack", cid: "one" as Cid, ...answer });
  await outbox.saying({ cid: "two" as Cid, now: time.now() });
  expect(texts()).toEqual(["one", "two"]);
  expect(outbox.rows()).toHaveLength(2);
});

test("to however many people, only so many are under way at once", async () => {
  disk.resolve();
  const chats = Array.from({ length: 40 }, (_, index) => `chat ${index}` as ConversationId);
  for (const chat of chats) await add(chat, chat);
  for (const chat of chats) await outbox.saying({ cid: chat as string as Cid, now: time.now() });
  sender.live({ ...LIMITS, sendBurst: 1_000 });
  await outbox.reload();
  expect(said).toHaveLength(32);
  const answer = { conversation: chats[0] as ConversationId, seq: 1, sentAt: 0, cursor: 1, duplicate: false };
  sender.acked({ type: "ack", cid: "chat 0" as Cid, ...answer });
  expect(said).toHaveLength(33);
});

test("a clock that is put back does not make a pause longer", async () => {
  disk.resolve();
  await add("one");
  sender.live(LIMITS);
  await outbox.saying({ cid: "one" as Cid, now: time.now() });
  sender.refused({ type: "refused", cid: "one" as Cid, code: "unavailable", retryAfterMs: 700 });
  putBackMs = 60 * 60 * 1_000;
  time.pass(699);
  expect(said).toHaveLength(1);
  time.pass(1);
  expect(said).toHaveLength(2);
});

test("a message that waits is said only once the disk knows, and not when it was taken back meanwhile", async () => {
  disk.resolve();
  await add("one");
  expect(stored.map(({ saidAt }) => saidAt)).toEqual([null]);
  // Another tab takes it back: the row is gone, and this tab has not heard yet.
  stored.splice(0);
  sender.live(LIMITS);
  await outbox.saying({ cid: "one" as Cid, now: time.now() });
  expect([said, outbox.rows()]).toEqual([[], []]);
});

test("what was said cannot be taken back, what was not can", async () => {
  disk.resolve();
  await Promise.all([add("one"), add("two")]);
  await outbox.saying({ cid: "one" as Cid, now: time.now() });
  const kept: string[] = [];
  function keep(text: string): () => void {
    kept.push(text);
    return () => void kept.pop();
  }
  expect(await outbox.takeBack("one" as Cid, keep)).toBeNull();
  expect(await outbox.takeBack("two" as Cid, keep)).toBe("two");
  expect(kept).toEqual(["two"]);
  expect(outbox.rows().map(({ text }) => text)).toEqual(["one"]);
});
