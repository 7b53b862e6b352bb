/** Read by Bun before the product, in an instance that is to have a bug. `PLANT` is the bug, as JSON. */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

/** One exact change of a file of the product, made while it is read, never on disk. */
export interface Plant {
  /** From the top folder. */
  file: string;
  was: string;
  becomes: string;
}

const { file, was, becomes } = JSON.parse(process.env["PLANT"] ?? "{}") as Plant;
const source = readFileSync(join(ROOT, file), "utf8");
// A bug that is not there cannot be caught, and the test would say nothing.
if (source.split(was).length !== 2)
  throw new Error(`the plant does not fit: ${file} must hold once:\n${was}`);
Bun.plugin({
  name: "planted",
  setup(build) {
    const filter = new RegExp(`${file.replaceAll(".", String.raw`\.`)}$`);
    build.onLoad({ filter }, () => ({ contents: source.replace(was, () => becomes), loader: "ts" }));
  },
});
