import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../../infra/gate/paths.ts";
import { plantNamed } from "./plants.ts";

/**
 * From now on this process reads the file of that plant with its bug in it. Throws when the product has changed so that the
 * plant does not fit any more: a bug that is not there cannot be caught, and the test of the rig would say nothing.
 */
export function plantHere(name: string): void {
  const { file, was, becomes } = plantNamed(name);
  const path = join(ROOT, file);
  const source = readFileSync(path, "utf8");
  if (source.split(was).length !== 2) {
    throw new Error(`the plant ${name} does not fit: ${file} must hold once:\n${was}`);
  }
  const contents = source.replace(was, () => becomes);
  const filter = new RegExp(`${file.replaceAll(/[.]/g, String.raw`\.`)}$`);
  Bun.plugin({
    name,
    setup(build) {
      build.onLoad({ filter }, () => ({ contents, loader: "ts" }));
    },
  });
}
