/** What counts as found, for whoever searches: the server in SQL, a device in memory. Both must find the same. */
import { describe, expect, test } from "bun:test";

/** A message, what is searched for, and whether that finds it. */
const CASES: [text: string, wanted: string, found: boolean][] = [
  ["Tea at four?", "tea", true],
  ["Tea at four?", "AT FOUR", true],
  ["Tea at four?", "coffee", false],
  ["a part of words", "ord", true],
  ["100% sure_about \\ that", "100%", true],
  ["a hundred sure about that", "100%", false],
  ["a hundred sure about that", "s_re", false],
  ["back\\slash", "k\\s", true],
  ["two\nlines", "two", true],
  ["Crème brûlée", "creme brulee", true],
  ["creme brulee", "Crème", true],
  ["Crème in two parts: Cre\u0300me", "crème in two parts: crème", true],
  ["Große Straße", "GROSSE STRASSE", true],
  ["İstanbul", "istanbul", true],
  ["ΟΔΟΣ", "οδος", true],
  ["οδός", "ΟΔΟΣ", true],
  ["Ёлка", "елка", true],
  ["ПРИВЕТ", "привет", true],
  ["أَحْمَد", "احمد", true],
  ["مـــرحبا", "مرحبا", true],
  ["שָׁלוֹם", "שלום", true],
  ["नमस्ते दुनिया", "नमस्ते", true],
  ["कि", "का", false],
  ["क़लम", "क\u093cलम", true],
  ["東京でお茶", "お茶", true],
  ["ガラス", "カラス", false],
  ["ﾊﾟﾝ", "パン", true],
  ["한국어", "한국", true],
  ["สวัสดีครับ", "ครับ", true],
  ["yes 👍🏽", "👍", true],
  ["ﬁnal", "final", true],
  ["anything", "\u0300", false],
];

/** `finds`: whether searching for `wanted` finds a message with `text`. */
export function searchContract(finds: (text: string, wanted: string) => boolean | Promise<boolean>): void {
  describe("a search", () => {
    test.each(CASES)("in %j for %j: %p", async (text, wanted, found) => {
      expect(await finds(text, wanted)).toBe(found);
    });
  });
}
