import { describe, expect, test } from "bun:test";
import { createSearch } from "./search.ts";

const find = createSearch([
  { kind: "number", value: "+12025550142" },
  { kind: "address", value: "alice.0142@example.org" },
  { kind: "code", value: "481516" },
]);
const everywhere = { codesToo: true };

describe("what is personal is found", () => {
  test.each([
    ["+12025550142", "a number"],
    ["call 2025550142 now", "a number"],
    ["+1 202-555-0142", "a number"],
    ["(202) 555 0142", "a number"],
    ['{"phone":"tel:+1.202.555.0142"}', "a number"],
    ["ALICE.0142@example.org", "an address"],
    ["<alice.0142@example.org> is unknown", "an address"],
    ["code 481516.", "a code"],
    ['{"code":"481516"}', "a code"],
  ])("in %s", (text, what) => {
    expect(find(text, everywhere)).toEqual([what]);
  });

  test.each(["hex", "base64", "base64url"] as const)("as %s too", (encoding) => {
    for (const value of ["tel +12025550142", "alice.0142@example.org"]) {
      expect(find(`\\x${Buffer.from(value).toString(encoding)},`, everywhere)).toHaveLength(1);
    }
  });
});

test.each([
  "+12025550143",
  "bob.0142@example.org",
  "481517 4815160 1481516",
  "2026-11-25 22:06:10.481516+00",
  "6f1c0a2e-481516-9f9e",
  "a481516 481516z",
  "1795644410026 2025550 142",
])("nothing is found in %s", (text) => {
  expect(find(text, everywhere)).toEqual([]);
});

test("a heap that is one word of millions of letters is looked through at once", () => {
  const heap = Buffer.alloc(2_000_000, "aZ9").toString("hex");
  expect(find(`\\x${heap}alice.0142@example.org`, everywhere)).toEqual(["an address"]);
});

test("codes are not looked for where they can stand by chance", () => {
  expect(find("481516", { codesToo: false })).toEqual([]);
});
