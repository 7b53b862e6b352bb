import { expect, test } from "bun:test";
import { excerpt } from "./excerpt.ts";
import { fold } from "./fold.ts";

/** Hits in brackets. */
function shown(text: string, wanted: string): string {
  return excerpt(text, fold(wanted))
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join("");
}

test.each([
  ["Tea at four?", "at", "Tea [at] four?"],
  ["Crème brûlée", "creme b", "[Crème b]rûlée"],
  ["Große Straße", "strasse", "Große [Straße]"],
  ["ﬁne", "fi", "[ﬁ]ne"],
  ["tea, TEA", "tea", "[tea], [TEA]"],
  ["two\nlines", "lines", "two [lines]"],
  ["أَحْمَد هنا", "احمد", "[أَحْمَد] هنا"],
  ["नमस्ते दुनिया", "दुनिया", "नमस्ते [दुनिया]"],
  ["hands 👍🏽 up", "up", "hands 👍🏽 [up]"],
  ["nothing here", "absent", "nothing here"],
])("in %j for %j shows %j", (text, wanted, line) => {
  expect(shown(text, wanted)).toBe(line);
});

test("a long message is cut around the first hit", () => {
  const line = shown(`${"before ".repeat(20)}needle${" after".repeat(60)}`, "needle");
  expect(line).toStartWith("…");
  expect(line).toEndWith("…");
  expect(line).toContain("before [needle] after");
  expect([...line].length).toBeLessThan(150);
});
