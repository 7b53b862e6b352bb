/** A secret that is drawn once and kept in a file of the data folder, readable by its owner only: for the embedded way. */
import { randomBytes } from "node:crypto";
import { link, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

const OWNER_ONLY = 0o600;

/** What is in the file, trimmed; made by `make` when there is none. Racing starts all get the same. */
export async function readOrMake(path: string, make: () => string): Promise<string> {
  return ((await readIfThere(path)) ?? (await makeFile(path, make()))).trim();
}

/** Puts `text` in the place of what is there: whoever reads sees the old or the new, whole. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await rename(await writeAside(path, text), path);
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
async function makeFile(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const aside = await writeAside(path, text);
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
