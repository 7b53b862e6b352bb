import { afterEach, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import type { ApiProblemCode } from "../net/api.ts";
import { LANGUAGES } from "./language.ts";
import type { Language } from "./language.ts";
import { auditWords, deviceWords, ownWords, sentenceFor } from "./sentences.ts";
import { speak, words } from "./words.ts";

afterEach(() => speak("en"));

function problem(code: ApiProblemCode, retryAfterMs?: number): ApiProblem {
  return new ApiProblem({
    code,
    message: "The server's own sentence.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const CODES = Object.entries({ ...words.problem, ...words.unsent.refused })
  .filter(([, sentence]) => typeof sentence === "string")
  .map(([code]) => code as ApiProblemCode);

test.each(Object.keys(LANGUAGES) as Language[])(
  "every code is a sentence in %s, and never the server's",
  async (language) => {
    await speak(language);
    for (const code of CODES) {
      expect(sentenceFor(problem(code))).not.toBe("The server's own sentence.");
      expect(sentenceFor(problem(code))).toMatch(/[.।]$/u);
    }
  },
);

test("a code that only a newer server knows is still said in our words", () => {
  expect(sentenceFor(problem("from_the_future" as ApiProblemCode))).toBe(words.problem.unknown);
});

test.each([
  [400, "1 second"],
  [29_001, "30 seconds"],
  [60_000, "60 seconds"],
  [61_000, "2 minutes"],
  [3_600_000, "60 minutes"],
  [7_200_001, "3 hours"],
])("a wait of %d ms is %s", (waitMs, said) => {
  expect(sentenceFor(problem("rate_limited", waitMs))).toContain(`in ${said}.`);
});

test("a wait that nobody knows is not made up", () => {
  expect(sentenceFor(problem("rate_limited"))).toContain("a while");
});

test("a device is named in the person's language, and what it is called stays", async () => {
  expect(deviceWords("Chrome on Linux")).toBe("Chrome on Linux");
  await speak("hi");
  expect(deviceWords("Chrome on Linux")).toBe("Linux पर Chrome");
  expect(deviceWords("Unknown device")).toBe("अनजान डिवाइस");
  expect(deviceWords("Firefox")).toBe("Firefox");
});

test("a change of role says which role it was", () => {
  const entry = {
    number: 1,
    at: 1,
    actor: { id: "a" as UserId, name: "Ann" },
    terminal: null,
    act: "user.role",
    subject: { id: "b" as UserId, name: "Ben" },
  };
  expect(auditWords({ ...entry, detail: { role: "admin" } })).toBe("Ann made Ben an administrator");
  expect(auditWords({ ...entry, detail: { role: "member" } })).toBe("Ann made Ben a plain member again");
});

test("what is on this device only is counted, and nothing that is not there", async () => {
  expect(ownWords({ messages: 1, drafts: 0 })).toBe("1 unsent message");
  expect(ownWords({ messages: 0, drafts: 2 })).toBe("2 drafts");
  expect(ownWords({ messages: 3, drafts: 1 })).toBe("3 unsent messages and 1 draft");
  await speak("ar");
  expect(ownWords({ messages: 2, drafts: 1 })).toBe("رسالتان غير مرسلتين ومسودة");
});
