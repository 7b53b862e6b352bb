import { describe, expect, test } from "bun:test";
import { EMOJI_NAMES as ARABIC } from "../words/emoji/ar.ts";
import { EMOJI_NAMES as ENGLISH } from "../words/emoji/en.ts";
import { EMOJI_NAMES as HINDI } from "../words/emoji/hi.ts";
import { EMOJI, QUICK_REACTIONS } from "./groups.ts";
import { findEmoji, nameEmoji } from "./search.ts";

const all = nameEmoji(ENGLISH);
const found = (typed: string, among = all) => findEmoji(among, typed).map(({ emoji }) => emoji);

test("every emoji is one emoji in the form that the server takes, and there once", () => {
  for (const emoji of [...EMOJI, ...QUICK_REACTIONS]) expect(emoji).toMatch(/^\p{RGI_Emoji}$/v);
  expect(new Set(EMOJI).size).toBe(EMOJI.length);
});

test.each([
  ["English", ENGLISH],
  ["Hindi", HINDI],
  ["Arabic", ARABIC],
])("each has a name in %s", (_language, names) => {
  const named = nameEmoji(names);
  expect(named).toHaveLength(EMOJI.length);
  for (const { name, words } of named)
    expect([name.trim() !== "", words.includes("")]).toEqual([true, false]);
});

describe("searching", () => {
  test("finds by the beginning of any word, whatever the case", () => {
    expect(found("GRIN")[0]).toBe("😀");
    expect(found("tears joy")).toEqual(["😂", "😹"]);
    expect(found("thumb")).toContain("👍");
  });

  test("finds by other words too, after those that are called so", () => {
    const mouths = found("mouth");
    expect(mouths.indexOf("🤐")).toBeLessThan(mouths.indexOf("😃"));
    expect(found("rofl")).toEqual(["🤣"]);
  });

  test("finds nothing where nothing is, and everything for nothing", () => {
    expect(found("xyzzy")).toEqual([]);
    expect(found(" ")).toHaveLength(EMOJI.length);
  });

  test("reads Hindi and Arabic", () => {
    expect(found("चेहरा", nameEmoji(HINDI))).toContain("😀");
    expect(found("وجه", nameEmoji(ARABIC))).toContain("😀");
  });
});
