/**
 * The embedded way needs no configured keys: they are made once, in the data folder, readable by its owner only. Losing the
 * file means that no phone number in the database can be found or shown again, so it belongs in every backup of the folder.
 */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { readKeys } from "../config.ts";
import type { SecretKey } from "../config.ts";
import { readOrMake, replaceFile } from "../secret_file.ts";

const FILE = "keys";
const SECRET_BYTES = 32;

/** The file of the embedded way, for who makes a new key. */
export interface KeyFile {
  path: string;
  /** From the next start on `key` is the one that writes; the others go on to read. */
  putInFront(key: SecretKey): Promise<void>;
}

/** The keys of `dataDir`, made when there are none. Racing starts all get the same ones. Rejects on a damaged file. */
export async function loadOrMakeKeys(dataDir: string): Promise<SecretKey[]> {
  const path = join(dataDir, FILE);
  const text = await readOrMake(path, () => writeKey(makeKey([])));
  const problems: string[] = [];
  const keys = readKeys(text || null, problems);
  if (keys === null || problems.length > 0) {
    throw new Error(`${path} is damaged: it should hold id:base64 pairs, as PARLEY_KEYS does`);
  }
  return keys;
}

export function keyFileOf(dataDir: string): KeyFile {
  const path = join(dataDir, FILE);
  return {
    path,
    async putInFront(key) {
      const keys = [key, ...(await loadOrMakeKeys(dataDir))];
      await replaceFile(path, keys.map(writeKey).join(","));
    },
  };
}

/** A random key, named so that it is none of `taken` and sorts after them: k1, k2, and so on. */
export function makeKey(taken: readonly string[]): SecretKey {
  const numbers = taken.map((id) => Number(/^k(\d+)$/.exec(id)?.[1] ?? 0));
  return { id: `k${Math.max(0, ...numbers) + 1}`, bytes: randomBytes(SECRET_BYTES) };
}

/** As `PARLEY_KEYS` has it. */
export function writeKey({ id, bytes }: SecretKey): string {
  return `${id}:${Buffer.from(bytes).toString("base64")}`;
}
