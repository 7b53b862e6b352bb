/** The key pair by which push services know this server (VAPID, RFC 8292). Devices are given the public half. */
import { createECDH, createPrivateKey, sign } from "node:crypto";
import { join } from "node:path";
import type { EpochMs } from "#protocol/ids.ts";
import { readOrMake } from "../secret_file.ts";

const CURVE = "prime256v1";
const PRIVATE_BYTES = 32;
/** Push services take no more than a day. */
const GOOD_FOR_SECONDS = 12 * 60 * 60;

export interface Vapid {
  /** Both in base64url: 65 and 32 bytes. */
  publicKey: string;
  privateKey: string;
  /** Where a push service can reach whoever runs this server: mailto: or https:. */
  subject: string;
}

/** Throws when `privateKey` is no P-256 private key in base64url. */
export function vapidOf(privateKey: string, subject: string): Vapid {
  const pair = createECDH(CURVE);
  pair.setPrivateKey(privateKey, "base64url");
  return { publicKey: pair.getPublicKey("base64url"), privateKey, subject };
}

/** What a request says to the push service at `audience` (an origin), good for half a day: RFC 8292, section 2 and 3. */
export function authorize(audience: string, { vapid, now }: { vapid: Vapid; now: EpochMs }): string {
  const claims = {
    aud: audience,
    exp: Math.floor(now / 1_000) + GOOD_FOR_SECONDS,
    sub: vapid.subject,
  };
  const text = [{ typ: "JWT", alg: "ES256" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  const key = createPrivateKey({ key: jwkOf(vapid), format: "jwk" });
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `vapid t=${text}.${signature.toString("base64url")}, k=${vapid.publicKey}`;
}

function jwkOf({ publicKey, privateKey }: Vapid) {
  const point = Buffer.from(publicKey, "base64url");
  const x = point.subarray(1, 33).toString("base64url");
  const y = point.subarray(33).toString("base64url");
  return { kty: "EC", crv: "P-256", x, y, d: privateKey };
}

/** The private key of `dataDir`, made when there is none. Losing it costs every device its notifications until it opens the app. */
export async function loadOrMakeVapidKey(dataDir: string): Promise<string> {
  const path = join(dataDir, "vapid_key");
  const key = await readOrMake(path, makeVapidKey);
  if (!isVapidKey(key)) throw new Error(`${path} is damaged: it should hold a key as VAPID_KEY does`);
  return key;
}

export function isVapidKey(privateKey: string): boolean {
  if (Buffer.from(privateKey, "base64url").length !== PRIVATE_BYTES) return false;
  try {
    vapidOf(privateKey, "");
    return true;
  } catch {
    return false;
  }
}

/** A new private key, in base64url. */
export function makeVapidKey(): string {
  const pair = createECDH(CURVE);
  pair.generateKeys();
  // Leading zeros are not told.
  return Buffer.from(pair.getPrivateKey("hex").padStart(2 * PRIVATE_BYTES, "0"), "hex").toString("base64url");
}
