import { afterEach, expect, test } from "bun:test";
import { speak } from "../words/words.ts";
import { bytesWords, durationWords } from "./amounts.ts";

afterEach(() => speak("en"));

test.each([
  [0, "0 ms"],
  [38.4, "38 ms"],
  [999, "999 ms"],
  [1_240, "1.2 sec"],
  [12_400, "12 sec"],
  [90_000, "1.5 min"],
  [7_200_000, "2 hr"],
])("%d ms is %s", (ms, words) => {
  expect(durationWords(ms).replaceAll(/secs/g, "sec").replaceAll(/hrs/g, "hr")).toBe(words);
});

test.each([
  [0, "0 kB"],
  [4_560_000, "4.6 MB"],
  [128_000_000, "128 MB"],
  [2_000_000_000, "2 GB"],
])("%d bytes are %s", (bytes, words) => {
  expect(bytesWords(bytes)).toBe(words);
});

test("another language writes its own units", async () => {
  await speak("hi");
  expect(durationWords(38)).toMatch(/\p{Script=Devanagari}/u);
});
