import { expect, test } from "bun:test";
import { same } from "./same.ts";

test("is about every character and the length", () => {
  expect(same("abc", "abc")).toBe(true);
  for (const other of ["abd", "xbc", "ab", "abcd", ""]) expect(same("abc", other)).toBe(false);
});
