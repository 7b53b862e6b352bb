/**
 * One-time codes, on the store. What they promise:
 * - A number has one live code; asking again makes a new one and the old one is void.
 * - A code can be tried by the browser that asked for it only: it shows a challenge that it got with the answer.
 * - A try is counted before it is compared, so any number of parallel guesses are `CODE_TRIES` guesses.
 * - A code signs in once: of racing right guesses one is let in.
 * - A number that nobody has goes the same way, with the same writes, to a code that no guess can match.
 * The code itself is never kept, only a keyed hash that binds it to its number and to this one asking.
 */
import { randomInt, randomUUID, timingSafeEqual } from "node:crypto";
import { CODE_DIGITS, CODE_RESEND_MS, CODE_TRIES, CODE_TTL_MS } from "#protocol/limits.ts";
import { Refusal } from "../problem.ts";
import type { Store } from "../store/store.ts";
import type { Keys } from "./keys.ts";
import { hashToken, makeToken } from "./tokens.ts";

export interface Codes {
  /** Starts the wait between two codes of `phone`; throws `rate_limited` while the last one lasts. */
  startWait(phone: string): Promise<void>;
  /** Makes the live code of `phone`. `known` false: one that no guess matches, and there is nobody to mail it to. */
  make(phone: string, options: { known: boolean }): Promise<MadeCode>;
  /** Resolves when `code` is the live code of `phone`, which is used up by that. Throws `code_wrong`, `_expired`, `_locked`. */
  use(phone: string, guess: Guess): Promise<void>;
  /** Voids the live code of `phone`, and the wait for the next. */
  forget(phone: string): Promise<void>;
}

export interface MadeCode {
  code: string;
  /** Secret that the asking browser must show with its tries. */
  challenge: string;
}

export interface Guess {
  /** As typed. */
  code: string;
  /** What the browser showed; null when nothing. */
  challenge: string | null;
}

/** What the store holds of a live code. */
interface Kept {
  /** Names this one asking: its tries and its use are counted under it. */
  id: string;
  codeHash: string;
  challengeHash: string;
}

export interface CodesDeps {
  store: Store;
  keys: Keys;
}

export function createCodes({ store, keys }: CodesDeps): Codes {
  const nameOf = (phone: string) => keys.blindIndex("phone", phone).toString("base64url");
  const hashOf = (id: string, phone: string, code: string) =>
    keys.blindIndex("code", `${id} ${phone} ${code}`).toString("base64url");

  async function startWait(phone: string): Promise<void> {
    const { value, ttlMs } = await store.increment(`code.wait:${nameOf(phone)}`, { ttlMs: CODE_RESEND_MS });
    if (value > 1) throw new Refusal("rate_limited", { retryAfterMs: ttlMs });
  }

  async function make(phone: string, { known }: { known: boolean }): Promise<MadeCode> {
    const id = randomUUID();
    const code = randomInt(10 ** CODE_DIGITS)
      .toString()
      .padStart(CODE_DIGITS, "0");
    const challenge = makeToken();
    const kept: Kept = {
      id,
      codeHash: hashOf(id, phone, known ? code : makeToken()),
      challengeHash: hashToken(challenge),
    };
    await store.set(`code:${nameOf(phone)}`, JSON.stringify(kept), { ttlMs: CODE_TTL_MS });
    return { code, challenge };
  }

  async function use(phone: string, { code, challenge }: Guess): Promise<void> {
    const key = `code:${nameOf(phone)}`;
    const text = await store.get(key);
    const kept = text === null ? null : (JSON.parse(text) as Kept);
    if (kept === null || challenge === null || !same(kept.challengeHash, hashToken(challenge))) {
      throw new Refusal("code_expired");
    }
    const tries = await store.increment(`code.tries:${kept.id}`, { ttlMs: CODE_TTL_MS });
    if (tries.value > CODE_TRIES) throw await locked(phone);
    if (!same(kept.codeHash, hashOf(kept.id, phone, digitsOf(code)))) {
      throw tries.value === CODE_TRIES ? await locked(phone) : new Refusal("code_wrong");
    }
    // Claimed under the asking's own id: deleting the key alone could take a newer code for this one.
    const first = await store.set(`code.used:${kept.id}`, "", { ttlMs: CODE_TTL_MS, ifAbsent: true });
    if (!first) throw new Refusal("code_expired");
    await store.delete(key);
  }

  async function forget(phone: string): Promise<void> {
    await Promise.all(["code", "code.wait"].map((key) => store.delete(`${key}:${nameOf(phone)}`)));
  }

  async function locked(phone: string): Promise<Refusal> {
    const wait = await store.counter(`code.wait:${nameOf(phone)}`);
    return new Refusal("code_locked", { retryAfterMs: wait?.ttlMs ?? 0 });
  }

  return { startWait, make, use, forget };
}

/** Spaces and dashes that come with a pasted code do not count. */
function digitsOf(typed: string): string {
  return typed.normalize("NFKC").replaceAll(/[\s-]/g, "");
}

/** Compares in constant time. Both are hashes of one length. */
function same(left: string, right: string): boolean {
  return left.length === right.length && timingSafeEqual(Buffer.from(left), Buffer.from(right));
}
