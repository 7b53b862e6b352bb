/**
 * One-time codes, on the store. What they promise:
 * - A browser has one live code for a number; asking again makes a new one and the old one is void. What somebody asks for in
 *   another browser voids nothing: who asks and asks for a number that is not theirs keeps nobody from using their code.
 * - A code can be tried by the browser that asked for it only: it shows a challenge that it got with the answer.
 * - A try is counted before it is compared, so any number of parallel guesses are `CODE_TRIES` guesses.
 * - A code signs in once: of racing right guesses one is let in.
 * - A number that nobody has goes the same way, with the same writes, to a code that no guess can match.
 * The code itself is never kept, only a keyed hash that binds it to its number and to this one asking.
 */
import { randomInt, randomUUID } from "node:crypto";
import { CODE_DIGITS, CODE_RESEND_MS, CODE_TRIES, CODE_TTL_MS } from "#protocol/limits.ts";
import { Refusal } from "../problem.ts";
import type { Store } from "../store/store.ts";
import type { Keys } from "./keys.ts";
import { same } from "./same.ts";
import { hashToken, makeToken } from "./tokens.ts";

export interface Codes {
  /** Starts `asker`'s wait between two codes of `phone`; throws `rate_limited` while the last one lasts. */
  startWait(phone: string, asker: string): Promise<void>;
  /** Makes a live code of `phone`, in the place of the browser's last one. */
  make(phone: string, options: MakeOptions): Promise<MadeCode>;
  /** Resolves when the guess is right, and uses the code up. Throws `code_wrong`, `code_expired`, `code_locked`. */
  use(phone: string, guess: Guess): Promise<void>;
  /** Voids every live code of `phone`, and the waits for the next. */
  forget(phone: string): Promise<void>;
}

export interface MakeOptions {
  /** False: a code that no guess matches, and there is nobody to mail it to. */
  known: boolean;
  /** The challenge that the browser has from before; null when none. */
  replaces: string | null;
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
  /** Whose wait tells when another code may be asked for. */
  asker: string;
}

/** What the store holds of a live code, under its number and the challenge. */
interface Kept {
  /** Names this one asking: its tries and its use are counted under it. */
  id: string;
  codeHash: string;
}

export interface CodesDeps {
  store: Store;
  keys: Keys;
}

export function createCodes({ store, keys }: CodesDeps): Codes {
  const nameOf = (phone: string) => keys.blindIndex("phone", phone).toString("base64url");
  const keyOf = (phone: string, challenge: string) => `code:${nameOf(phone)}:${hashToken(challenge)}`;
  const waitOf = (phone: string, asker: string) => `code.wait:${nameOf(phone)}:${asker}`;
  /** What there is about a number, for whoever wants all of it forgotten. */
  const keysOf = (phone: string) => `code.keys:${nameOf(phone)}`;
  const hashOf = (id: string, phone: string, code: string) =>
    keys.blindIndex("code", `${id} ${phone} ${code}`).toString("base64url");

  async function startWait(phone: string, asker: string): Promise<void> {
    const key = waitOf(phone, asker);
    const { value, ttlMs } = await store.increment(key, { ttlMs: CODE_RESEND_MS });
    await store.add(keysOf(phone), key, { ttlMs: CODE_TTL_MS });
    if (value > 1) throw new Refusal("rate_limited", { retryAfterMs: ttlMs });
  }

  async function make(phone: string, { known, replaces }: MakeOptions): Promise<MadeCode> {
    if (replaces !== null) await store.delete(keyOf(phone, replaces));
    const id = randomUUID();
    const code = randomInt(10 ** CODE_DIGITS)
      .toString()
      .padStart(CODE_DIGITS, "0");
    const challenge = makeToken();
    const kept: Kept = { id, codeHash: hashOf(id, phone, known ? code : makeToken()) };
    const key = keyOf(phone, challenge);
    await store.set(key, JSON.stringify(kept), { ttlMs: CODE_TTL_MS });
    await store.add(keysOf(phone), key, { ttlMs: CODE_TTL_MS });
    return { code, challenge };
  }

  async function use(phone: string, { code, challenge, asker }: Guess): Promise<void> {
    // Asked of the store also when there is nothing to ask for: a guess without a challenge takes as long.
    const key = keyOf(phone, challenge ?? "");
    const text = await store.get(key);
    if (text === null) throw new Refusal("code_expired");
    const kept = JSON.parse(text) as Kept;
    const tries = await store.increment(`code.tries:${kept.id}`, { ttlMs: CODE_TTL_MS });
    if (tries.value > CODE_TRIES) throw await locked(phone, asker);
    if (!same(kept.codeHash, hashOf(kept.id, phone, digitsOf(code)))) {
      throw tries.value === CODE_TRIES ? await locked(phone, asker) : new Refusal("code_wrong");
    }
    // Of racing right guesses one sees the key go. A newer code has a key of its own.
    if (!(await store.delete(key))) throw new Refusal("code_expired");
  }

  async function forget(phone: string): Promise<void> {
    const set = keysOf(phone);
    for (const key of await store.members(set)) {
      await store.delete(key);
      await store.remove(set, key);
    }
  }

  async function locked(phone: string, asker: string): Promise<Refusal> {
    const wait = await store.counter(waitOf(phone, asker));
    return new Refusal("code_locked", { retryAfterMs: wait?.ttlMs ?? 0 });
  }

  return { startWait, make, use, forget };
}

/** Spaces and dashes that come with a pasted code do not count. */
function digitsOf(typed: string): string {
  return typed.normalize("NFKC").replaceAll(/[\s-]/g, "");
}
