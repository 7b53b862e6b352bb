/**
 * The build that comes after the one that was built: every hashed file has another name, and it says that it is newer. That is
 * what a browser sees of a deploy, without building the app twice.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

const BUILT = resolve(import.meta.dirname, "../../pwa/dist");
const TEXT = /\.(?:js|css|html|json|webmanifest)$/;
const VARIANT = /\.(?:br|gz)$/;
const FILE_NAME = /[\w-]+\.(?:js|css)\b/g;
/** How the worker knows whether a file without a hash in its name is another. */
const REVISION = /("?revision"?:\s*["'`])[0-9a-f]+/g;

export interface Build {
  build: string;
  folder: string;
  /** Names of its files, and of no other's. */
  files: RegExp;
}

/** Names of files of the build as it is. */
export const BUILT_FILES = /^(?!.*-next\d)/;

/** Writes the build `number` after it into `folder`. */
export async function makeNextBuild(folder: string, { number }: { number: number }): Promise<Build> {
  const before = await buildOf(BUILT);
  const build = new Date(Date.parse(before) + number).toISOString();
  const files = (await readdir(BUILT, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !VARIANT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(BUILT.length + 1));
  const hashed = new Set(files.filter((file) => file.startsWith("assets/")).map((file) => basename(file)));
  const renamed = (text: string) =>
    text.replaceAll(FILE_NAME, (name) => (hashed.has(name) ? name.replace(".", `-next${number}.`) : name));

  for (const file of files) {
    const to = join(folder, file.startsWith("assets/") ? renamed(file) : file);
    await mkdir(dirname(to), { recursive: true });
    const bytes = await readFile(join(BUILT, file));
    await writeFile(to, TEXT.test(file) ? changed(bytes.toString()) : bytes);
  }
  return { build, folder, files: new RegExp(`-next${number}\\.`) };

  function changed(text: string): string {
    return renamed(text)
      .replaceAll(before, build)
      .replaceAll(REVISION, (_all, start: string) => `${start}${number.toString(16).padStart(32, "0")}`);
  }
}

async function buildOf(folder: string): Promise<string> {
  const note: { build: string } = JSON.parse(await readFile(join(folder, "build.json"), "utf8"));
  return note.build;
}
