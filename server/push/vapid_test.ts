import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "bun:test";
import { authorize, isVapidKey, makeVapidKey, vapidOf } from "./vapid.ts";

const NOW = Date.UTC(2026, 10, 25);

test("a push service can check who sends, for whom it is meant, and until when", () => {
  const vapid = vapidOf(makeVapidKey(), "mailto:host@example.org");
  const said = authorize("https://push.example", { vapid, now: NOW });
  const [, text = "", signature = "", key = ""] = /^vapid t=(\S+)\.(\S+), k=(\S+)$/.exec(said) ?? [];
  const point = Buffer.from(key, "base64url");
  const x = point.subarray(1, 33).toString("base64url");
  const y = point.subarray(33).toString("base64url");
  const publicKey = createPublicKey({ key: { kty: "EC", crv: "P-256", x, y }, format: "jwk" });
  const options = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", Buffer.from(text), options, Buffer.from(signature, "base64url"))).toBe(true);
  const [, claims = ""] = text.split(".");
  expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
    aud: "https://push.example",
    exp: NOW / 1_000 + 12 * 60 * 60,
    sub: "mailto:host@example.org",
  });
});

test("a key is 32 bytes of the curve, and nothing else", () => {
  for (let draws = 0; draws < 20; draws++) expect(isVapidKey(makeVapidKey())).toBe(true);
  for (const bad of [
    "",
    "short",
    Buffer.alloc(32).toString("base64url"),
    Buffer.alloc(32, 255).toString("base64url"),
  ]) {
    expect(isVapidKey(bad)).toBe(false);
  }
});
