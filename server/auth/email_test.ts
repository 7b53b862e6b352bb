import { expect, test } from "bun:test";
import { emailKey, parseEmail } from "./email.ts";

test.each([
  [" Ann@Example.ORG ", "Ann@example.org"],
  ["ann+chat@mail.example.org", "ann+chat@mail.example.org"],
  ["ann@bücher.example", "ann@xn--bcher-kva.example"],
])("%p is mailed to as %p", (typed, email) => {
  expect(parseEmail(typed)).toBe(email);
});

test.each([
  "",
  "ann",
  "@example.org",
  "ann@",
  "ann@localhost",
  "ann@exa mple.org",
  "ann@example..org",
  ".ann@example.org",
  "ann@example.org, eve@example.org",
  "Ann <ann@example.org>",
  '"ann"@example.org',
  "ann@example.org\r\nBcc: eve@example.org",
  `${"a".repeat(65)}@example.org`,
  `ann@${"a.".repeat(130)}org`,
])("%p is not one plain address", (typed) => {
  expect(parseEmail(typed)).toBeNull();
});

test("one mailbox has one key, however its name is written", () => {
  expect(emailKey("Ann@example.org")).toBe(emailKey("ann@example.org"));
});
