import { beforeEach, expect, test } from "bun:test";
import type { Ack, Command } from "#protocol/frames.ts";
import type { Cid, ConversationId, UserId } from "#protocol/ids.ts";
import type { Summary } from "../db/ledger.ts";
import type { Timing } from "../db/schema.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { createTimings } from "./timings.ts";
import type { Timings } from "./timings.ts";

const conversation = "c" as ConversationId;
let time: BorrowedTime;
let written: Timing[][];
let timings: Timings;

beforeEach(() => {
  time = borrowTime(1_000);
  written = [];
  timings = open();
});

function open(start: Timing[] = []): Timings {
  return createTimings(start, {
    time,
    write: async (list) => void written.push(list),
    failed: (error) => {
      throw error;
    },
  });
}

function say(cid: string): void {
  const command: Command = { type: "message.send", cid: cid as Cid, to: "u" as UserId, text: "" };
  timings.saying(command);
}

function ack(cid: string, seq: number): void {
  const answer: Ack = {
    type: "ack",
    cid: cid as Cid,
    conversation,
    seq,
    sentAt: 0,
    cursor: seq,
    duplicate: false,
  };
  timings.acked(answer);
}

/** Their device has everything up to `seq`. */
function deliver(seq: number): void {
  timings.moved([{ row: { id: conversation, theirs: { delivered: seq, read: 0 } } } as Summary]);
}

test("a message is measured from the first time it left, to the server's word and to the other's device", () => {
  say("a");
  time.pass(15_000);
  say("a");
  time.pass(40);
  ack("a", 1);
  time.pass(60);
  deliver(1);
  deliver(2);
  expect(timings.list()).toEqual([{ at: 1_000, ackMs: 15_040, deliveredMs: 15_100 }]);
});

test("what was delivered while nothing was heard, or was never said here, is not measured", () => {
  say("a");
  time.pass(10);
  ack("a", 1);
  timings.lost();
  time.pass(60_000);
  deliver(1);
  ack("of another tab", 2);
  expect(timings.list()).toEqual([{ at: 1_000, ackMs: 10, deliveredMs: null }]);
});

test("a clock that is put back measures nothing", () => {
  say("a");
  time.jump(-500);
  ack("a", 1);
  expect(timings.list()).toEqual([]);
});

test("the last hundred stay, and are written together", () => {
  for (let count = 1; count <= 120; count += 1) {
    say(`${count}`);
    time.pass(5);
    ack(`${count}`, count);
  }
  time.pass(3_000);
  expect(timings.list()).toHaveLength(100);
  expect(written.map((list) => list.length)).toEqual([100]);
  timings = open(written[0]);
  say("next");
  ack("next", 121);
  expect(timings.list()).toHaveLength(100);
});
