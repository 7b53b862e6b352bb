import { beforeEach, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { CODE_TTL_MS } from "#protocol/limits.ts";
import { inCountry, usePendingCode, usePendingJoin } from "./pending_code.ts";

const ASKED_AT = 1_790_000_000_000;
const ASKED = { phone: "+12025550101", country: "US", askedAt: ASKED_AT, resendAt: ASKED_AT + 30_000 };
let storage: Storage;

beforeEach(() => {
  storage = new Window().localStorage as unknown as Storage;
});

/** The sign-in page as it is opened `afterMs` after the code was asked for. */
function openPage(afterMs = 0) {
  return usePendingCode({ storage, clock: () => ASKED_AT + afterMs });
}

test("a page opened for the first time waits for no code", () => {
  expect(openPage().pending.value).toBeNull();
});

test("whoever comes back from their mailbox finds the code step again, even in a new page", () => {
  openPage().start(ASKED);
  expect(openPage(CODE_TTL_MS).pending.value).toEqual(ASKED);
});

test("when the code's life is over the step is gone, and the number with it", () => {
  openPage().start(ASKED);
  expect(openPage(CODE_TTL_MS + 1).pending.value).toBeNull();
  expect(storage.length).toBe(0);
});

test("signing in, or changing the number, leaves nothing behind", () => {
  const page = openPage();
  page.start(ASKED);
  page.clear();
  expect(page.pending.value).toBeNull();
  expect(storage.length).toBe(0);
});

test("another code is for the same number, and whoever goes back finds what they typed", () => {
  const page = openPage();
  page.start(ASKED);
  const next = { askedAt: ASKED_AT + 30_000, resendAt: ASKED_AT + 60_000 };
  page.renew(next);
  expect(page.pending.value).toEqual({ ...ASKED, ...next });
  expect(openPage(60_000).pending.value).toEqual({ ...ASKED, ...next });
  page.change();
  expect([page.pending.value, page.changing.value?.phone]).toEqual([null, ASKED.phone]);
  expect(storage.length).toBe(0);
});

test.each(["{", "null", '"text"', '{"phone":1}', '{"phone":"+1","country":null,"askedAt":"x","resendAt":1}'])(
  "what is no pending code (%s) counts as none",
  (text) => {
    openPage().start(ASKED);
    storage.setItem(storage.key(0) ?? "", text);
    expect(openPage().pending.value).toBeNull();
  },
);

test("what was typed for an invite is kept likewise, apart from a code to sign in with", () => {
  const edges = { storage, clock: () => ASKED_AT };
  const join = { ...ASKED, token: "t", name: "Zoe", email: "zoe@example.org" };
  usePendingJoin(edges).start(join);
  expect(usePendingJoin(edges).pending.value).toEqual(join);
  expect(usePendingCode(edges).pending.value).toBeNull();
  storage.setItem(storage.key(0) ?? "", JSON.stringify(ASKED));
  expect(usePendingJoin(edges).pending.value).toBeNull();
  expect(storage.length).toBe(0);
});

test("a number is told with its country only when one was guessed", () => {
  expect(inCountry(ASKED)).toEqual({ phone: ASKED.phone, country: "US" });
  expect(inCountry({ ...ASKED, country: null })).toEqual({ phone: ASKED.phone });
});
