import { afterEach, describe, expect, test } from "bun:test";
import { watchEffect } from "vue";
import { agoWords, dayWords } from "../calendar/moments.ts";
import { ar } from "./ar.ts";
import { en } from "./en.ts";
import { hi } from "./hi.ts";
import { chooseLanguage, directionOf, LANGUAGES, localeOf } from "./language.ts";
import type { Language } from "./language.ts";
import { counter } from "./plural.ts";
import { speak, words } from "./words.ts";

afterEach(() => speak("en"));

const SCRIPTS = { en: /\p{Script=Latin}/u, hi: /\p{Script=Devanagari}/u, ar: /\p{Script=Arabic}/u };
/** What is the same in every language: the product's name, and what only puts figures or other words together. */
const NOT_WORDS = new Set([
  "app.name",
  "number",
  "list.unreadMore",
  "chat.says",
  "chat.from",
  "day.at",
  "help.switchMark",
  "diagnosis.roomOf",
  "diagnosis.pushSince",
]);
/** What a sentence is tried with where it wants a number, or a name. */
const SAMPLE = 3;

type Entry = string | ((...args: never[]) => string);

/** Every sentence of a catalogue under its path, `chat.hello`. */
function entries(section: object, path = ""): [string, Entry][] {
  return Object.entries(section).flatMap(([key, value]: [string, Entry | object]) =>
    typeof value === "object"
      ? entries(value, `${path}${key}.`)
      : [[`${path}${key}`, value] as [string, Entry]],
  );
}

function said(entry: Entry): string {
  return typeof entry === "string" ? entry : entry(...(Array(entry.length).fill(SAMPLE) as never[]));
}

const CATALOGUES = { en, hi, ar } satisfies Record<Language, object>;

describe.each(Object.entries(CATALOGUES))("%s", (language, catalogue) => {
  test("has the sentences of English, each with what it is about, and no others", () => {
    const shape = (of: object) => entries(of).map(([path, entry]) => [path, typeof entry]);
    expect(shape(catalogue)).toEqual(shape(en));
  });

  test("is written in its own script", () => {
    const foreign = entries(catalogue).filter(
      ([path, entry]) => !NOT_WORDS.has(path) && !SCRIPTS[language as Language].test(said(entry)),
    );
    expect(foreign.map(([path]) => path)).toEqual([]);
  });

  test("leaves no form of a number unsaid", () => {
    for (const [, entry] of entries(catalogue)) {
      for (const number of [0, 1, 2, 3, 11, 100, 1_000]) {
        const sentence = typeof entry === "string" ? entry : entry(number as never, number as never);
        expect(sentence).not.toMatch(/undefined|NaN|#/);
        expect(sentence.trim()).not.toBe("");
      }
    }
  });
});

test("Arabic counts in six forms", () => {
  const forms = { zero: "none", one: "one", two: "two", few: "# few", many: "# many", other: "# other" };
  const count = counter("ar");
  expect([0, 1, 2, 3, 11, 100].map((number) => count(number, forms))).toEqual([
    "none",
    "one",
    "two",
    "3 few",
    "11 many",
    "100 other",
  ]);
});

test("a person gets what they chose, else the first of their browser's languages that there is, else English", () => {
  expect(chooseLanguage("hi", ["ar-EG", "en"])).toBe("hi");
  expect(chooseLanguage(null, ["fr-FR", "ar-EG", "en"])).toBe("ar");
  expect(chooseLanguage("tlh", ["hi-IN"])).toBe("hi");
  expect(chooseLanguage(null, ["fr-FR"])).toBe("en");
  expect(chooseLanguage("constructor", [])).toBe("en");
});

test("dates and figures follow the person's own variant of the language", () => {
  expect(localeOf("en", ["de-DE", "en-GB", "en-US"])).toBe("en-GB");
  expect(localeOf("hi", ["en-GB"])).toBe("hi");
});

test("only Arabic runs from right to left", () => {
  const directions = (Object.keys(LANGUAGES) as Language[]).map((language) => [
    language,
    directionOf(language),
  ]);
  expect(directions).toEqual([
    ["en", "ltr"],
    ["hi", "ltr"],
    ["ar", "rtl"],
  ]);
});

test("what was made of words is made anew in another language, dates too", async () => {
  const now = new Date("2026-11-22T14:30:00").getTime();
  const monday = new Date("2026-11-16T09:00:00").getTime();
  const seen: string[] = [];
  const stop = watchEffect(
    () => seen.push(`${words.list.name}, ${dayWords(monday, now)}, ${agoWords(now - 5 * 60_000, now)}`),
    { flush: "sync" },
  );
  await speak("hi");
  await speak("ar");
  stop();
  expect(seen.at(0)).toBe("Conversations, Monday, 5 min ago");
  expect(seen).toContain("बातचीत, सोमवार, 5 मिनट पहले");
  expect(seen.at(-1)).toBe("المحادثات, الاثنين, قبل 5 دقائق");
});
