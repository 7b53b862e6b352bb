import type { Cid, EpochMs } from "#protocol/ids.ts";

/** Cids of one moment count on from a number of chance below this, so that there is room above it. */
const FIRST_BELOW = 0x800;
const COUNT_MASK = 0xfff;

let last = { at: -1, count: 0 };

/**
 * Makes the id of a message, once per message, when the person sends it: a UUIDv7 of 48 bits of time, a count of 12 and 62 bits
 * of chance (RFC 9562, section 6.2, method 1). Those of one tab are in the order of Send, also within a millisecond.
 */
export function mintCid(at: EpochMs): Cid {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  const count = at === last.at ? last.count + 1 : view.getUint16(6) % FIRST_BELOW;
  last = { at, count };
  view.setUint16(0, Math.floor(at / 2 ** 32));
  view.setUint32(2, at >>> 0);
  view.setUint16(6, 0x7000 | (count & COUNT_MASK));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return parts.join("-") as Cid;
}
