import { expect, test } from "bun:test";
import type { Cid } from "#protocol/ids.ts";
import type { TimelineItem } from "../stores/timeline.ts";
import { changedAbove, justSent, toRows } from "./rows.ts";
import type { Row } from "./rows.ts";

const NOON = new Date("2026-11-22T12:00:00").getTime();
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Written {
  seq: number | null;
  at: number;
  mine?: boolean;
}

function message({ seq, at, mine = false }: Written): TimelineItem {
  const key = `cid-${seq ?? at}` as Cid;
  return { key, seq, mine, text: "text", at, tick: seq === null ? "waiting" : "sent" };
}

function shape(rows: Row[]): string[] {
  return rows.map((row) => (row.kind === "message" ? row.key : row.kind));
}

const KEPT = { firstUnreadSeq: null, more: false };

test("a conversation without messages is only its start and its end", () => {
  expect(shape(toRows([], KEPT))).toEqual(["start", "end"]);
});

test("the note at the start waits until nothing older is left", () => {
  const items = [message({ seq: 1, at: NOON })];
  expect(shape(toRows(items, { ...KEPT, more: true }))).toEqual(["day", "cid-1", "end"]);
});

test("each local day opens with a break", () => {
  const items = [
    message({ seq: 1, at: NOON - DAY_MS }),
    message({ seq: 2, at: NOON }),
    message({ seq: 3, at: NOON + MINUTE_MS }),
  ];
  expect(shape(toRows(items, KEPT))).toEqual(["start", "day", "cid-1", "day", "cid-2", "cid-3", "end"]);
});

test("an unsent message of a device whose clock is a day behind opens no day in the past", () => {
  const items = [message({ seq: 1, at: NOON }), message({ seq: null, at: NOON - DAY_MS, mine: true })];
  expect(shape(toRows(items, KEPT))).toEqual(["start", "day", "cid-1", `cid-${NOON - DAY_MS}`, "end"]);
});

test("the unread divider stands right before the first unread message", () => {
  const items = [message({ seq: 1, at: NOON }), message({ seq: 2, at: NOON })];
  expect(shape(toRows(items, { ...KEPT, firstUnreadSeq: 2 }))).toEqual([
    "start",
    "day",
    "cid-1",
    "unread",
    "cid-2",
    "end",
  ]);
});

test("messages of one person within five minutes are one group, until something comes between", () => {
  const rows = toRows(
    [
      message({ seq: 1, at: NOON }),
      message({ seq: 2, at: NOON + MINUTE_MS }),
      message({ seq: 3, at: NOON + 2 * MINUTE_MS, mine: true }),
      message({ seq: 4, at: NOON + 3 * MINUTE_MS, mine: true }),
      message({ seq: 5, at: NOON + 9 * MINUTE_MS, mine: true }),
    ],
    KEPT,
  );
  const groups = rows.flatMap((row) => (row.kind === "message" ? [[row.first, row.last]] : []));
  expect(groups).toEqual([
    [true, false],
    [false, true],
    [true, false],
    [false, true],
    [true, true],
  ]);
});

test("an older page changes what is above, a new message does not", () => {
  const older = message({ seq: 1, at: NOON });
  const shown = [message({ seq: 2, at: NOON }), message({ seq: 3, at: NOON })];
  const newer = message({ seq: 4, at: NOON });
  const before = toRows(shown, { ...KEPT, more: true });
  expect(changedAbove(before, toRows([older, ...shown], { ...KEPT, more: true }))).toBe(true);
  expect(changedAbove(before, toRows(shown, KEPT))).toBe(true);
  expect(changedAbove(before, toRows([...shown, newer], { ...KEPT, more: true }))).toBe(false);
  expect(changedAbove([], before)).toBe(false);
});

test("an own message that was just sent is told from what comes in", () => {
  const shown = [message({ seq: 1, at: NOON })];
  const before = toRows(shown, KEPT);
  const theirs = message({ seq: 2, at: NOON });
  const mine = message({ seq: null, at: NOON, mine: true });
  expect(justSent(before, toRows([...shown, theirs], KEPT))).toBe(false);
  expect(justSent(before, toRows([...shown, mine], KEPT))).toBe(true);
  const later = toRows([...shown, mine], KEPT);
  expect(justSent(later, later)).toBe(false);
});
