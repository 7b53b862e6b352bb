import { beforeEach, expect, test } from "bun:test";
import type { Command, WireLimits } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { UnsentRow } from "../db/schema.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { createOutbox } from "./outbox.ts";
import type { Outbox } from "./outbox.ts";
import { Sender } from "./sender.ts";

const LIMITS = { sendBurst: 40, sendsPerSecond: 10 } as WireLimits;

let said: Command[];
let failures: unknown[];
let outbox: Outbox;
let sender: Sender;
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
  const stored: UnsentRow[] = [];
  outbox = createOutbox([], {
    read: async () => [...stored],
    async keep(unsent) {
      await disk.promise;
      const row = { ...unsent, order: stored.length + 1 };
      stored.push(row);
      return row;
    },
    refuse: async () => undefined,
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

function add(text: string): Promise<void> {
  const cid = text as Cid;
  return outbox.add({
    cid,
    conversation: "c" as ConversationId,
    to: "bob" as UserId,
    text,
    composedAt: 0,
    refused: null,
  });
}

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
  await outbox.reload();
  expect(said).toHaveLength(1);
  const answer = { conversation: "c" as ConversationId, seq: 1, sentAt: 0, cursor: 1, duplicate: false };
  sender.acked({ type: "ack", cid: "one" as Cid, ...answer });
  expect(said.map((command) => command.type === "message.send" && command.text)).toEqual(["one", "two"]);
  expect(outbox.rows()).toHaveLength(2);
});

test("a clock that is put back does not make a pause longer", async () => {
  disk.resolve();
  await add("one");
  sender.live(LIMITS);
  await outbox.reload();
  sender.refused({ type: "refused", cid: "one" as Cid, code: "unavailable", retryAfterMs: 700 });
  putBackMs = 60 * 60 * 1_000;
  time.pass(699);
  expect(said).toHaveLength(1);
  time.pass(1);
  expect(said).toHaveLength(2);
});
