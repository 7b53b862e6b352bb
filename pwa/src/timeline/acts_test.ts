import { expect, test } from "bun:test";
import type { Cid } from "#protocol/ids.ts";
import { EDIT_WITHIN_MS } from "#protocol/limits.ts";
import type { TimelineItem, UnsentView } from "../stores/timeline.ts";
import { actsOf } from "./acts.ts";

const AT = Date.UTC(2026, 10, 22, 12);
const THEIRS: TimelineItem = {
  key: "1" as Cid,
  seq: 1,
  mine: false,
  text: "hello",
  at: AT,
  tick: "sent",
};
const MINE: TimelineItem = { ...THEIRS, mine: true };
const UNSENT: UnsentView = {
  standing: "waiting",
  code: null,
  mayBeThere: false,
  unsafe: false,
  restored: false,
};

test("an own message can be edited for a quarter of an hour, nobody else's ever", () => {
  expect(actsOf(MINE, AT + EDIT_WITHIN_MS - 1)).toContain("edit");
  expect(actsOf(MINE, AT + EDIT_WITHIN_MS)).not.toContain("edit");
  expect(actsOf(THEIRS, AT)).toEqual(["reply", "react", "copy", "forward", "details", "remove"]);
});

test("of a deleted message only its place is left, and that can be removed", () => {
  expect(actsOf({ ...MINE, deleted: true }, AT)).toEqual(["details", "remove"]);
});

test("what never left can be taken back; what may have left can only be copied", () => {
  const waiting = { ...MINE, seq: null, unsent: UNSENT };
  expect(actsOf(waiting, AT)).toEqual(["copy", "forward", "takeBack", "discard"]);
  expect(actsOf({ ...waiting, unsent: { ...UNSENT, mayBeThere: true } }, AT)).toEqual(["copy", "forward"]);
});
