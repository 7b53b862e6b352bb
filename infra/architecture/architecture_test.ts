/** Holds this repository against its own rules. That the rules find what they should is in `check_test.ts`. */
import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { check } from "./check.ts";
import { checkTopLevel } from "./names.ts";

const ROOT = resolve(import.meta.dir, "../..");
const SOURCES = ["server", "pwa", "e2e", "infra"].map((top) => new Bun.Glob(`${top}/**/*.{ts,vue}`));
const NOT_OURS = /(^|\/)(node_modules|dist)\//;

async function readSources() {
  const paths = SOURCES.flatMap((glob) => [...glob.scanSync({ cwd: ROOT })]).filter(
    (path) => !NOT_OURS.test(path),
  );
  return await Promise.all(
    paths.map(async (path) => ({ path, text: await Bun.file(join(ROOT, path)).text() })),
  );
}

test("every source file keeps the rules of the house", async () => {
  const sources = await readSources();
  expect(sources.length).toBeGreaterThan(50);
  expect(check(sources)).toEqual([]);
});

test("the top folder holds only what the design names", async () => {
  expect(checkTopLevel(await readdir(ROOT))).toEqual([]);
});
