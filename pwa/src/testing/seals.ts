/** The server's half of sealing, for tests: one person's key pair. */
import { createECDH } from "node:crypto";
import type { SealKey, SealOpening } from "#protocol/http.ts";

export interface TestSeals {
  key(): SealKey;
  open(request: Request): Promise<Response>;
}

export function createSeals(): TestSeals {
  const pair = createECDH("prime256v1");
  pair.generateKeys();
  return {
    key: () => ({ key: "k1", point: pair.getPublicKey("base64url") }),
    async open(request) {
      const { point } = (await request.json()) as SealOpening;
      return Response.json({ secret: pair.computeSecret(point, "base64url", "base64url") });
    },
  };
}
