import { beforeEach, expect, test } from "bun:test";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import type { SocketState } from "./socket.ts";
import { watchTrouble } from "./trouble.ts";
import type { Trouble } from "./trouble.ts";

let time: BorrowedTime;
let trouble: Trouble;

beforeEach(() => {
  time = borrowTime();
  trouble = watchTrouble({ time, changed: () => undefined });
});

function move(...states: SocketState[]): void {
  for (const state of states) trouble.moved(state);
}

test("opening the app on a slow line shows no trouble", () => {
  move("connecting");
  time.pass(60_000);
  expect(trouble.isOn()).toBe(false);
});

test("a connection that is back within three seconds was no trouble", () => {
  move("connecting", "resuming", "live", "waiting", "connecting");
  time.pass(2_999);
  move("resuming", "live");
  time.pass(60_000);
  expect(trouble.isOn()).toBe(false);
});

test("three seconds of failure are trouble, whatever is tried meanwhile, until it is live again", () => {
  move("connecting", "waiting", "connecting", "waiting");
  time.pass(3_000);
  expect(trouble.isOn()).toBe(true);
  move("connecting", "resuming");
  expect(trouble.isOn()).toBe(true);
  move("live");
  expect(trouble.isOn()).toBe(false);
});

test("a failure that the device slept through is counted from waking", () => {
  move("connecting", "waiting");
  time.pass(2_000);
  trouble.slept();
  time.pass(2_000);
  expect(trouble.isOn()).toBe(false);
  time.pass(1_000);
  expect(trouble.isOn()).toBe(true);
});

test("who signs out has no trouble", () => {
  move("connecting", "waiting");
  time.pass(3_000);
  move("idle");
  expect(trouble.isOn()).toBe(false);
});
