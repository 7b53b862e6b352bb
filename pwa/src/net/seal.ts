/**
 * Sealing: what this device can close and only the server's word to the same person can open. The device makes a pair of
 * its own for each seal and keeps the public half; from the secret that it shares with the person's public point comes the
 * key of AES-GCM. `server/auth/seals.ts` has the other half.
 */
import type { SealKey } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import type { Own } from "../db/sealed.ts";
import type { SealedRow } from "../db/schema.ts";

const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;
const CIPHER = "AES-GCM";
const KEY_BITS = 256;
const NONCE_BYTES = 12;
const PURPOSE = new TextEncoder().encode("parley unsent");

/** Seals `own` under `seal`. Without a key to seal with, or a browser that can, it is kept as it is. */
export async function sealOwn(
  { unsent, drafts }: Own,
  { subtle, seal, user }: { subtle: SubtleCrypto | null; seal: SealKey | null; user: UserId },
): Promise<SealedRow> {
  const counts = { user, messages: unsent.length, drafts: drafts.length };
  const body = new TextEncoder().encode(JSON.stringify({ unsent, drafts }));
  if (!subtle || !seal) return { ...counts, seal: null, body };
  const pair = await subtle.generateKey(CURVE, false, ["deriveBits"]);
  const theirs = await subtle.importKey("raw", fromBase64(seal.point), CURVE, false, []);
  const shared = await subtle.deriveBits({ name: "ECDH", public: theirs }, pair.privateKey, KEY_BITS);
  const point = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const key = await keyFrom(subtle, { shared, point, use: "encrypt" });
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const closed = await subtle.encrypt({ name: CIPHER, iv: nonce, additionalData: whose(user) }, key, body);
  return { ...counts, seal: { key: seal.key, point: toBase64(point), nonce }, body: new Uint8Array(closed) };
}

/** Opens what was sealed, with the secret that the server has told; `null` is for what was kept as it is. */
export async function openSealed(
  { seal, body, user }: SealedRow,
  { subtle, secret }: { subtle: SubtleCrypto | null; secret: string | null },
): Promise<Own> {
  if (!seal) return JSON.parse(new TextDecoder().decode(body)) as Own;
  if (!subtle || secret === null) throw new Error("Opening a seal: there is nothing to open it with.");
  const [shared, point] = [fromBase64(secret), fromBase64(seal.point)];
  const key = await keyFrom(subtle, { shared, point, use: "decrypt" });
  const cipher = { name: CIPHER, iv: seal.nonce, additionalData: whose(user) };
  return JSON.parse(new TextDecoder().decode(await subtle.decrypt(cipher, key, body))) as Own;
}

async function keyFrom(
  subtle: SubtleCrypto,
  { shared, point, use }: { shared: BufferSource; point: BufferSource; use: "encrypt" | "decrypt" },
): Promise<CryptoKey> {
  const base = await subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: point, info: PURPOSE };
  return subtle.deriveKey(derivation, base, { name: CIPHER, length: KEY_BITS }, false, [use]);
}

function whose(user: UserId): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(user);
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
