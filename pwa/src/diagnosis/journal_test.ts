import { expect, test } from "bun:test";
import { ApiProblem } from "../net/api.ts";
import { createJournal, failureOf } from "./journal.ts";

test("a state is noted when it changes, and only the last entries stay", () => {
  let now = 0;
  const journal = createJournal({ now: () => ++now });
  for (const state of ["connecting", "connecting", "live"] as const) journal.connection(state);
  expect(journal.entries()).toEqual([
    { at: 1, connection: "connecting" },
    { at: 2, connection: "live" },
  ]);
  for (let count = 0; count < 300; count += 1) journal.failed(new Error("x"));
  expect([journal.entries().length, journal.entries().at(-1)?.at]).toEqual([200, 302]);
  journal.clear();
  expect(journal.entries()).toEqual([]);
});

test("of a failure nothing is noted that it says, only what it is and where", () => {
  const error = new TypeError(
    "bob@example.org said (secret.js:1:2) at https://chat.example.org/secret.js:3:4",
  );
  error.stack = `TypeError: ${error.message}\n    at send (https://chat.example.org/assets/TalkPage-a1b2.js:7:21)`;
  const failure = failureOf(error);
  expect(failure).toEqual({ kind: "TypeError", code: null, where: ["TalkPage-a1b2.js:7:21"] });
});

test.each([
  [
    "an answer of the server, by its code",
    new ApiProblem({ code: "unreachable", message: "Secret." }),
    "unreachable",
  ],
  ["what is no error at all", "a secret", null],
  ["an error that somebody gave a name to", Object.assign(new Error("x"), { name: "Ask Bob, +1 202" }), null],
])("%s", (_what, error, code) => {
  const { where: _where, ...failure } = failureOf(error);
  expect(failure.code).toBe(code);
  expect(JSON.stringify(failure)).not.toMatch(/secret|bob|202/i);
});
