import { expect, test } from "bun:test";
import { ApiProblem } from "./net/api.ts";
import type { ApiProblemCode } from "./net/api.ts";
import { sentenceFor, words } from "./words.ts";

function problem(code: ApiProblemCode, retryAfterMs?: number): ApiProblem {
  return new ApiProblem({
    code,
    message: "The server's own sentence.",
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

test.each<ApiProblemCode>(["bad_phone", "code_wrong", "code_expired", "code_locked", "unreachable"])(
  "%s is said in our own words",
  (code) => {
    expect(sentenceFor(problem(code))).not.toBe("The server's own sentence.");
    expect(sentenceFor(problem(code))).toEndWith(".");
  },
);

test("what has no words of ours is said in the server's, and never in silence", () => {
  expect(sentenceFor(problem("too_large"))).toBe("The server's own sentence.");
  expect(sentenceFor(new ApiProblem({ code: "internal", message: "" }))).toBe(words.problem.unknown);
});

test.each([
  [400, "1 second"],
  [29_001, "30 seconds"],
  [60_000, "60 seconds"],
  [61_000, "2 minutes"],
  [3_600_000, "60 minutes"],
])("a wait of %d ms is %s", (waitMs, said) => {
  expect(sentenceFor(problem("rate_limited", waitMs))).toContain(`in ${said}.`);
});

test("a wait that nobody knows is not made up", () => {
  expect(sentenceFor(problem("rate_limited"))).toContain("a while");
});
