/**
 * The embedded way needs no configured keys: they are made once, in the data folder, readable by its owner only. Losing the
 * file means that no phone number in the database can be found or shown again, so it belongs in every backup of the folder.
 */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readKeys } from "../config.ts";
import type { SecretKey } from "../config.ts";

const FILE = "keys";
const OWNER_ONLY = 0o600;
const SECRET_BYTES = 32;

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

/** Written aside and linked into place: whoever reads sees the whole file, and of racing starts one wins. */
async function makeFile(path: string, dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const aside = `${path}.${randomBytes(8).toString("hex")}`;
  const file = await open(aside, "wx", OWNER_ONLY);
  try {
    await file.writeFile(`k1:${randomBytes(SECRET_BYTES).toString("base64")}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
  } catch (error) {
    if (!isErrno(error, "EEXIST")) throw error;
  } finally {
    await rm(aside);
  }
  return readFile(path, "utf8");
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
