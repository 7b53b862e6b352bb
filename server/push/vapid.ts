/** The key pair by which push services know this server (VAPID, RFC 8292). Devices are given the public half. */
import { createECDH } from "node:crypto";
import { join } from "node:path";
import { readOrMake } from "../secret_file.ts";

const CURVE = "prime256v1";
const PRIVATE_BYTES = 32;

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
