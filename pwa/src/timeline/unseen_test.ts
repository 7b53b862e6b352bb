import { expect, test } from "bun:test";
import type { Cid } from "#protocol/ids.ts";
import type { TimelineItem } from "../stores/timeline.ts";
import { toRows } from "./rows.ts";
import type { Row } from "./rows.ts";
import { createUnseen } from "./unseen.ts";

const AT = Date.UTC(2026, 10, 22, 12);

test("counts their messages below what was on the screen", () => {
  const unseen = createUnseen();
  const rows = talk("tttttt");
  expect(unseen.look(rows, screen(rows, 1, 3))).toEqual({ below: 3, above: null });
  expect(unseen.look(rows, screen(rows, 1, 2))).toEqual({ below: 3, above: null });
  const longer = talk("ttttttmt");
  expect(unseen.look(longer, screen(longer, 1, 3)).below).toBe(4);
  expect(unseen.look(longer, screen(longer, 5, 8)).below).toBe(0);
});

test("offers the way back to what was jumped over, until it was on the screen", () => {
  const unseen = createUnseen();
  const rows = talk("tttttttttt");
  unseen.look(rows, screen(rows, 1, 3));
  unseen.skip(rows);
  expect(unseen.look(rows, screen(rows, 8, 10))).toEqual({ below: 0, above: { seq: 4, count: 7 } });
  expect(unseen.look(rows, screen(rows, 6, 8)).above).toEqual({ seq: 4, count: 7 });
  expect(unseen.look(rows, screen(rows, 4, 6)).above).toBeNull();
  expect(unseen.look(rows, screen(rows, 8, 10)).above).toBeNull();
});

test("has nothing to go back to where nothing was jumped over", () => {
  const unseen = createUnseen();
  const rows = talk("ttmm");
  unseen.look(rows, screen(rows, 1, 2));
  unseen.skip(rows);
  expect(unseen.look(rows, screen(rows, 3, 4))).toEqual({ below: 0, above: null });
});

/** Theirs and mine, in order. */
function talk(who: string): Row[] {
  const items = [...who].map((one, n): TimelineItem => {
    const seq = n + 1;
    return { key: String(seq) as Cid, seq, mine: one === "m", text: "", at: AT, tick: "sent" };
  });
  return toRows(items, { firstUnreadSeq: null, more: true });
}

/** The rows of these messages. */
function screen(rows: readonly Row[], first: number, last: number): { first: number; last: number } {
  const indexOf = (seq: number) => rows.findIndex((row) => row.key === String(seq));
  return { first: indexOf(first), last: indexOf(last) };
}
