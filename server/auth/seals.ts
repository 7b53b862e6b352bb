/**
 * What a device seals unsent text with when its session is ended from afar. A device that may be in the wrong hands must not
 * keep a person's words readable, and must not lose them either. So each person has a key pair on P-256, derived from the
 * server's secret and their id and stored nowhere: devices get the public half while they are signed in, and the private half
 * never leaves the server. For a seal, a device makes a pair of its own and throws its private half away; the secret shared
 * by both is told to whoever next signs in as the same person.
 */
import { createECDH, createHash } from "node:crypto";
import type { ECDH } from "node:crypto";
import type { SealKey, SealOpened, SealOpening } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { Refusal } from "../problem.ts";
import type { Keys } from "./keys.ts";

const CURVE = "prime256v1";
/** One secret in four billion is no private key of the curve; the hash of it is tried next. */
const DERIVE_TRIES = 8;

export interface Seals {
  keyOf(user: UserId): SealKey;
  /** Throws `not_found` when the secret it was sealed under is gone, `bad_request` when `point` is none. */
  open(user: UserId, sealed: SealOpening): SealOpened;
}

export function createSeals({ keys }: { keys: Pick<Keys, "userSecret"> }): Seals {
  function pairOf(user: UserId, id?: string): { id: string; pair: ECDH } {
    const secret = keys.userSecret(user, { purpose: "unsent", ...(id === undefined ? {} : { id }) });
    if (secret === null) throw new Refusal("not_found", { detail: `a seal under key ${id}, which is gone` });
    return { id: secret.id, pair: pairFrom(secret.bytes) };
  }

  return {
    keyOf(user) {
      const { id, pair } = pairOf(user);
      return { key: id, point: pair.getPublicKey("base64url") };
    },
    open(user, { key, point }) {
      const { pair } = pairOf(user, key);
      try {
        return { secret: pair.computeSecret(point, "base64url", "base64url") };
      } catch (cause) {
        throw new Refusal("bad_request", { detail: "opening a seal: no point of the curve", cause });
      }
    },
  };
}

function pairFrom(secret: Uint8Array): ECDH {
  const pair = createECDH(CURVE);
  let bytes = secret;
  for (let left = DERIVE_TRIES; ; left -= 1) {
    try {
      pair.setPrivateKey(bytes);
      return pair;
    } catch (error) {
      if (left === 0) throw error;
      bytes = createHash("sha256").update(bytes).digest();
    }
  }
}
