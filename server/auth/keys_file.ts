/**
 * The embedded way needs no configured keys: they are made once, in the data folder, readable by its owner only. Losing the
 * file means that no phone number in the database can be found or shown again, so it belongs in every backup of the folder.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { readKeys } from "../config.ts";
import type { SecretKey } from "../config.ts";

const FILE = "keys";
const OWNER_ONLY = 0o600;
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
  const text = (await readIfThere(path)) ?? (await makeFile(path, dataDir));
  const problems: string[] = [];
  const keys = readKeys(text.trim() || null, problems);
  if (keys === null || problems.length > 0) {
    throw new Error(`${path} is damaged: it should hold id:base64 pairs, as PARLEY_KEYS does`);
  }
  return keys;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}

export function keyFileOf(dataDir: string): KeyFile {
  const path = join(dataDir, FILE);
  return {
    path,
    async putInFront(key) {
      const keys = [key, ...(await loadOrMakeKeys(dataDir))];
      await rename(await writeAside(path, keys.map(writeKey).join(",")), path);
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

/** Written aside and linked into place: whoever reads sees the whole file, and of racing starts one wins. */
async function makeFile(path: string, dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const aside = await writeAside(path, writeKey(makeKey([])));
  try {
    await link(aside, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await rm(aside);
  }
  return readFile(path, "utf8");
}

/** Resolves to the path of a file beside `path` that is safely on the disk. */
async function writeAside(path: string, text: string): Promise<string> {
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(aside, "wx", OWNER_ONLY);
  try {
    await file.writeFile(`${text}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return aside;
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
