import { expect, test } from "bun:test";
import { enterMeaning } from "./enter.ts";
import type { EnterMeaning } from "./enter.ts";

const ENTER = {
  key: "Enter",
  keyCode: 13,
  isComposing: false,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
};

const CASES: [situation: string, key: Partial<typeof ENTER>, touch: boolean, meaning: EnterMeaning | null][] =
  [
    ["Enter", {}, false, "send"],
    ["Shift+Enter", { shiftKey: true }, false, "break"],
    ["Alt+Enter", { altKey: true }, false, "break"],
    ["Ctrl+Enter", { ctrlKey: true }, false, "send"],
    ["Enter on a touch device", {}, true, "break"],
    ["Cmd+Enter on a touch device with a keyboard", { metaKey: true }, true, "send"],
    ["Enter while composing", { isComposing: true }, false, null],
    ["Enter that ended a composition in Safari", { keyCode: 229 }, false, null],
    ["Ctrl+Enter while composing", { isComposing: true, ctrlKey: true }, false, null],
    ["another key", { key: "a", keyCode: 65 }, false, null],
  ];

test.each(CASES)("%s", (_situation, key, touch, meaning) => {
  expect(enterMeaning({ ...ENTER, ...key }, { touch })).toBe(meaning);
});
