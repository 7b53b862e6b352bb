import { describe, expect, test } from "bun:test";
import { Refusal } from "../problem.ts";
import { parsePhone, phoneHint } from "./phone.ts";

describe("a phone number as people type it", () => {
  test.each([
    ["+1 202 555 0101", undefined, "+12025550101"],
    ["  +1 (202) 555-0101 ", undefined, "+12025550101"],
    ["(202) 555-0101", "US", "+12025550101"],
    ["(202) 555-0101", "us", "+12025550101"],
    ["0151 23456789", "DE", "+4915123456789"],
    ["+49 151 23456789", "US", "+4915123456789"],
    ["+1 202 555 0101", "ZZ", "+12025550101"],
  ])("%p in %p is %p", (typed, country, e164) => {
    expect(parsePhone(typed, country)).toBe(e164);
  });

  test.each([
    ["(202) 555-0101", undefined],
    ["(202) 555-0101", "ZZ"],
    ["+1 202 555 010", undefined],
    ["+1 202 555 0101 2222", undefined],
    ["+1 202 555 0101 ext 5", undefined],
    ["call +1 202 555 0101", undefined],
    ["+999 1234567", undefined],
    ["ann@example.org", undefined],
    ["", "US"],
  ])("%p in %p is refused", (typed, country) => {
    expect(() => parsePhone(typed, country)).toThrow(new Refusal("bad_phone"));
  });

  test("is shown by its last two digits only", () => {
    expect(phoneHint("+12025550101")).toBe("01");
  });
});
