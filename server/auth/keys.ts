/**
 * What keeps phone numbers and emails out of the database in clear. From each secret key one key per purpose is derived,
 * so that nothing made for one purpose says anything about another. The newest secret writes; every secret still reads:
 * a secret is rotated by putting a new one in front, and dropped once nothing was made with it.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { UserId } from "#protocol/ids.ts";
import type { SecretKey } from "../config.ts";

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** What a keyed hash is of. The same value of two kinds has two unrelated hashes. */
export type IndexKind = "phone" | "email" | "ip" | "code" | "browser";

/** Whose field a sealed text is. It opens as nothing else: a row that is moved to another user does not open there. */
export interface SealContext {
  user: UserId;
  field: "phone" | "email";
}

export interface Keys {
  /** Ids of the secrets, newest first. */
  ids: readonly string[];
  /** Keyed hash of `value` under the newest secret: for storing, and for what lives minutes only. */
  blindIndex(kind: IndexKind, value: string): Buffer;
  /** Keyed hashes of `value` under every secret, newest first: for look-up. */
  blindIndexes(kind: IndexKind, value: string): Buffer[];
  /** `text` encrypted under the newest secret, as ASCII that names the secret. */
  seal(text: string, context: SealContext): string;
  /** The text that was sealed. Throws when it was changed, sealed for another context, or its secret is gone. */
  open(sealed: string, context: SealContext): string;
  /** A secret of one user's own, from the newest secret or from the one that `id` names. Null when that one is gone. */
  userSecret(user: UserId, of: { purpose: "unsent"; id?: string }): { id: string; bytes: Buffer } | null;
}

/** `secrets`: newest first, at least one. */
export function createKeys(secrets: readonly SecretKey[]): Keys {
  const [newest] = secrets;
  if (newest === undefined) throw new Error("createKeys: at least one secret key is needed");
  const derived = new Map<string, Buffer>();

  function derive(secret: SecretKey, purpose: string): Buffer {
    const name = `${secret.id} ${purpose}`;
    let key = derived.get(name);
    if (key === undefined) {
      key = Buffer.from(hkdfSync("sha256", secret.bytes, "parley", purpose, KEY_BYTES));
      derived.set(name, key);
    }
    return key;
  }

  function indexUnder(secret: SecretKey, { kind, value }: { kind: IndexKind; value: string }): Buffer {
    return createHmac("sha256", derive(secret, `index ${kind}`))
      .update(value)
      .digest();
  }

  return {
    ids: secrets.map(({ id }) => id),
    blindIndex: (kind, value) => indexUnder(newest, { kind, value }),
    blindIndexes: (kind, value) => secrets.map((secret) => indexUnder(secret, { kind, value })),

    seal(text, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, derive(newest, "seal"), nonce).setAAD(aadOf(context));
      const body = Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return `${newest.id}.${body.toString("base64url")}`;
    },

    userSecret(user, { purpose, id = newest.id }) {
      const secret = secrets.find((candidate) => candidate.id === id);
      if (secret === undefined) return null;
      const bytes = hkdfSync("sha256", secret.bytes, "parley", `${purpose} ${user}`, KEY_BYTES);
      return { id, bytes: Buffer.from(bytes) };
    },

    open(sealed, context) {
      const [id = "", encoded = ""] = sealed.split(".", 2);
      const secret = secrets.find((candidate) => candidate.id === id);
      if (secret === undefined) throw new Error(`opening a sealed ${context.field}: there is no key ${id}`);
      const body = Buffer.from(encoded, "base64url");
      if (body.length < NONCE_BYTES + TAG_BYTES)
        throw new Error(`opening a sealed ${context.field}: cut short`);
      const decipher = createDecipheriv(CIPHER, derive(secret, "seal"), body.subarray(0, NONCE_BYTES))
        .setAAD(aadOf(context))
        .setAuthTag(body.subarray(-TAG_BYTES));
      const text = decipher.update(body.subarray(NONCE_BYTES, -TAG_BYTES));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    },
  };
}

function aadOf({ user, field }: SealContext): Buffer {
  return Buffer.from(`users ${user} ${field}`);
}
