/** Encrypting a push for its device (RFC 8291): one record of aes128gcm (RFC 8188), under keys that only the device can derive. */
import { createCipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";

const CURVE = "prime256v1";
const CIPHER = "aes-128-gcm";
const SECRET_BYTES = 32;
const KEY_BYTES = 16;
const NONCE_BYTES = 12;
const SALT_BYTES = 16;
const RECORD_BYTES = 4_096;
/** Ends the text of the last record. */
const LAST = Buffer.from([2]);

export interface PushKeys {
  /** The device's public key and its secret, base64url: 65 and 16 bytes. */
  p256dh: string;
  auth: string;
}

/** What is drawn for each push; given only to check against the RFC's example. */
export interface Drawn {
  privateKey: Buffer;
  salt: Buffer;
}

/** Throws when `p256dh` is no point of the curve. */
export function encryptFor({ p256dh, auth }: PushKeys, text: string, drawn?: Drawn): Buffer<ArrayBuffer> {
  const device = Buffer.from(p256dh, "base64url");
  const pair = createECDH(CURVE);
  if (drawn) pair.setPrivateKey(drawn.privateKey);
  else pair.generateKeys();
  const own = pair.getPublicKey();
  const salt = drawn?.salt ?? randomBytes(SALT_BYTES);

  const about = Buffer.concat([Buffer.from("WebPush: info\0"), device, own]);
  const shared = pair.computeSecret(device);
  const secret = hkdfSync("sha256", shared, Buffer.from(auth, "base64url"), about, SECRET_BYTES);
  const derive = (purpose: string, bytes: number) =>
    Buffer.from(hkdfSync("sha256", new Uint8Array(secret), salt, `Content-Encoding: ${purpose}\0`, bytes));

  const cipher = createCipheriv(CIPHER, derive("aes128gcm", KEY_BYTES), derive("nonce", NONCE_BYTES));
  const record = [cipher.update(text, "utf8"), cipher.update(LAST), cipher.final(), cipher.getAuthTag()];
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(RECORD_BYTES);
  sizes.writeUInt8(own.length, 4);
  return Buffer.concat([salt, sizes, own, ...record]);
}
