import { describe, expect, test } from "bun:test";
import { TEXT_MAX_CHARS } from "#protocol/limits.ts";
import { cleanText, isEmoji, refusalOf } from "./text.ts";

describe("cleanText", () => {
  test.each([
    ["composes to NFC", "e\u0301", "é"],
    ["keeps lines and tabs, with LF ends", "a\r\nb\rc\td", "a\nb\nc\td"],
    ["drops null bytes and other controls", "a\u0000b\u0007c\u009Bd", "abcd"],
    ["drops bidi overrides and embeddings", "a\u202Eb\u202Cc", "abc"],
    ["keeps isolates, which right-to-left writers need", "a\u2067b\u2069", "a\u2067b\u2069"],
    ["replaces lone surrogates", "a\uD800b", "a\uFFFDb"],
    ["trims the ends", "  hello \n", "hello"],
    ["keeps joined emoji whole", "👩‍👩‍👧", "👩‍👩‍👧"],
  ])("%s", (_what, raw, clean) => {
    expect(cleanText(raw)).toBe(clean);
  });
});

describe("refusalOf", () => {
  test("refuses nothing at all and more than the limit, and takes the limit itself", () => {
    expect(refusalOf(cleanText(" \n\u0000 "))).toBe("empty_text");
    expect(refusalOf("x".repeat(TEXT_MAX_CHARS + 1))).toBe("text_too_long");
    expect(refusalOf("x".repeat(TEXT_MAX_CHARS))).toBeNull();
  });
});

describe("isEmoji", () => {
  test.each(["👍", "❤️", "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "1️⃣", "🇮🇳"])("takes %s", (emoji) => {
    expect(isEmoji(emoji)).toBe(true);
  });

  test.each(["", "a", "1", "👍👍", "👍 ", " ", "<b>", "❤", "\u200D"])("does not take %j", (text) => {
    expect(isEmoji(text)).toBe(false);
  });
});
