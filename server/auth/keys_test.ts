import { describe, expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { createKeys } from "./keys.ts";
import type { SealContext } from "./keys.ts";

const ANN = "00000000-0000-4000-8000-000000000001" as UserId;
const BEN = "00000000-0000-4000-8000-000000000002" as UserId;
const PHONE: SealContext = { user: ANN, field: "phone" };
const NUMBER = "+12025550101";

const older = { id: "k1", bytes: new Uint8Array(32).fill(1) };
const newer = { id: "k2", bytes: new Uint8Array(32).fill(2) };

describe("sealed text", () => {
  const keys = createKeys([older]);

  test("opens for whom it was sealed", () => {
    expect(keys.open(keys.seal("bücher ☎", PHONE), PHONE)).toBe("bücher ☎");
  });

  test("does not open for another user or as another field", () => {
    const sealed = keys.seal(NUMBER, PHONE);
    expect(() => keys.open(sealed, { user: BEN, field: "phone" })).toThrow();
    expect(() => keys.open(sealed, { user: ANN, field: "email" })).toThrow();
  });

  test("does not open when a single character was changed", () => {
    const sealed = keys.seal(NUMBER, PHONE);
    for (let at = sealed.indexOf(".") + 1; at < sealed.length - 1; at++) {
      const other = sealed[at] === "A" ? "B" : "A";
      expect(() => keys.open(sealed.slice(0, at) + other + sealed.slice(at + 1), PHONE)).toThrow();
    }
  });

  test("does not open when it was cut short", () => {
    expect(() => keys.open("k1.AAAA", PHONE)).toThrow("cut short");
  });

  test("never looks the same twice, and never shows what is in it", () => {
    const sealed = keys.seal(NUMBER, PHONE);
    expect(keys.seal(NUMBER, PHONE)).not.toBe(sealed);
    expect(sealed).not.toContain("2025550101");
  });
});

describe("a blind index", () => {
  const keys = createKeys([older]);

  test("is the same for the same value of the same kind", () => {
    expect(keys.blindIndex("phone", NUMBER)).toEqual(createKeys([older]).blindIndex("phone", NUMBER));
  });

  test("says nothing across kinds or secrets", () => {
    const index = keys.blindIndex("phone", NUMBER);
    expect(keys.blindIndex("code", NUMBER)).not.toEqual(index);
    expect(createKeys([newer]).blindIndex("phone", NUMBER)).not.toEqual(index);
  });
});

describe("after a rotation", () => {
  const before = createKeys([older]);
  const after = createKeys([newer, older]);

  test("what was sealed before still opens, and new text is sealed under the new secret", () => {
    expect(after.open(before.seal(NUMBER, PHONE), PHONE)).toBe(NUMBER);
    const sealed = after.seal(NUMBER, PHONE);
    expect(sealed).toStartWith("k2.");
    expect(() => before.open(sealed, PHONE)).toThrow("there is no key k2");
  });

  test("a value is looked up under both secrets and stored under the new one", () => {
    const indexes = after.blindIndexes("phone", NUMBER);
    expect(indexes).toContainEqual(before.blindIndex("phone", NUMBER));
    expect(indexes[0]).toEqual(after.blindIndex("phone", NUMBER));
  });
});

test("there are no keys without a secret", () => {
  expect(() => createKeys([])).toThrow("at least one");
});
