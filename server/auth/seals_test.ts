import { describe, expect, test } from "bun:test";
import { createECDH } from "node:crypto";
import type { UserId } from "#protocol/ids.ts";
import { createKeys } from "./keys.ts";
import { createSeals } from "./seals.ts";

const ANN = "00000000-0000-4000-8000-000000000001" as UserId;
const BEN = "00000000-0000-4000-8000-000000000002" as UserId;

const older = { id: "k1", bytes: new Uint8Array(32).fill(1) };
const newer = { id: "k2", bytes: new Uint8Array(32).fill(2) };
const seals = createSeals({ keys: createKeys([older]) });

/** What a device does to seal: a pair of its own, of which it keeps the public half and the shared secret. */
function sealedTo({ key, point }: { key: string; point: string }) {
  const own = createECDH("prime256v1");
  own.generateKeys();
  return {
    sealed: { key, point: own.getPublicKey("base64url") },
    secret: own.computeSecret(point, "base64url", "base64url"),
  };
}

describe("what is sealed for a person", () => {
  test("opens with the secret that both halves share", () => {
    const { sealed, secret } = sealedTo(seals.keyOf(ANN));
    expect(seals.open(ANN, sealed)).toEqual({ secret });
  });

  test("does not open for another person", () => {
    const { sealed, secret } = sealedTo(seals.keyOf(ANN));
    expect(seals.open(BEN, sealed).secret).not.toBe(secret);
  });

  test("opens on any instance, after a restart, and after the secret was rotated", () => {
    expect(createSeals({ keys: createKeys([older]) }).keyOf(ANN)).toEqual(seals.keyOf(ANN));
    const { sealed, secret } = sealedTo(seals.keyOf(ANN));
    const rotated = createSeals({ keys: createKeys([newer, older]) });
    expect(rotated.open(ANN, sealed)).toEqual({ secret });
    expect(rotated.keyOf(ANN).key).toBe("k2");
  });

  test("is lost with the secret, and says so", () => {
    const { sealed } = sealedTo(seals.keyOf(ANN));
    const other = createSeals({ keys: createKeys([newer]) });
    expect(() => other.open(ANN, sealed)).toThrow(expect.objectContaining({ code: "not_found" }));
  });
});

test("a point that is not of the curve is refused", () => {
  const point = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]).toString("base64url");
  const opening = { key: "k1", point };
  expect(() => seals.open(ANN, opening)).toThrow(expect.objectContaining({ code: "bad_request" }));
});
