import { describe, expect, test } from "bun:test";
import { createKeys } from "./keys.ts";
import { createKnownBrowsers } from "./known_browser.ts";

const PHONE = "+12025550101";
const secret = (id: string, byte: number) => ({ id, bytes: new Uint8Array(32).fill(byte) });
const browsers = createKnownBrowsers({ keys: createKeys([secret("k1", 1)]) });

describe("the proof of a known browser", () => {
  test("is good for its number, and names no two browsers alike", () => {
    const [one, other] = [browsers.prove(PHONE), browsers.prove(PHONE)];
    expect(browsers.idOf(PHONE, one)).toMatch(/^[\w-]{22}$/);
    expect(browsers.idOf(PHONE, one)).not.toBe(browsers.idOf(PHONE, other));
  });

  test("is no proof for another number, when changed, or made without the keys", () => {
    const proof = browsers.prove(PHONE);
    const [id = "", mac = ""] = proof.split(".");
    const forged = createKnownBrowsers({ keys: createKeys([secret("k1", 2)]) }).prove(PHONE);
    expect(browsers.idOf("+12025550102", proof)).toBeNull();
    for (const bad of [
      null,
      "",
      ".",
      id,
      `${id}.`,
      `.${mac}`,
      `x${id}.${mac}`,
      `${id}.${mac.startsWith("x") ? "y" : "x"}${mac.slice(1)}`,
      forged,
    ]) {
      expect(browsers.idOf(PHONE, bad)).toBeNull();
    }
  });

  test("outlives a change of the key, and goes with the key", () => {
    const proof = browsers.prove(PHONE);
    const changed = createKnownBrowsers({ keys: createKeys([secret("k2", 2), secret("k1", 1)]) });
    expect(changed.idOf(PHONE, proof)).not.toBeNull();
    expect(createKnownBrowsers({ keys: createKeys([secret("k2", 2)]) }).idOf(PHONE, proof)).toBeNull();
  });

  test("says nothing of the number", () => {
    expect(browsers.prove(PHONE)).not.toContain(PHONE.slice(1));
  });
});
