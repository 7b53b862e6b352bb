import { expect, test } from "bun:test";
import { countLoneEmoji } from "./emoji_only.ts";

test.each([
  ["👍", 1],
  ["👍🏽❤️", 2],
  ["👩‍👩‍👧‍👦 🏳️‍🌈 🇮🇳", 3],
  ["😂\n😂", 2],
  ["😂😂😂😂", 0],
  ["👍 ok", 0],
  ["ok", 0],
  ["1", 0],
  ["", 0],
  [" ", 0],
] as const)("counts in %j %d emoji that stand alone", (text, count) => {
  expect(countLoneEmoji(text)).toBe(count);
});
