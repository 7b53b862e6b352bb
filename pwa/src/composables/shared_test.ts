import { beforeEach, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { useShared } from "./shared.ts";

const HOUR_MS = 60 * 60 * 1_000;
const SHARED_AT = 1_790_000_000_000;
let storage: Storage;

beforeEach(() => {
  storage = new Window().localStorage as unknown as Storage;
});

/** The app as it is opened `afterMs` after something was shared with it. */
function open(afterMs = 0) {
  return useShared({ storage, clock: () => SHARED_AT + afterMs });
}

test("what was shared waits through the way to the mailbox, as it was, until it is in front of its person", () => {
  expect(open().waiting()).toBeNull();
  open().keep("Look at this: 50% & more #1\n\nhttps://example.org/?a=1 ");
  expect(open(HOUR_MS).waiting()).toBe("Look at this: 50% & more #1\n\nhttps://example.org/?a=1 ");
  expect(open(HOUR_MS).waiting()).not.toBeNull();
  open().drop();
  expect(open().waiting()).toBeNull();
  expect(storage.length).toBe(0);
});

test("what was shared last is what waits, and for an hour at most", () => {
  open().keep("first");
  open(1).keep("second");
  expect(open(1).waiting()).toBe("second");
  expect(open(HOUR_MS + 2).waiting()).toBeNull();
  expect(storage.length).toBe(0);
});

test.each(["", "text", "x text", "1790000000000", "1790000000000 "])("%p in its place is nothing", (text) => {
  open().keep("first");
  storage.setItem(storage.key(0) ?? "", text);
  expect(open().waiting()).toBeNull();
});
