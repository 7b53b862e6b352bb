import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { precompress } from "./precompress.ts";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-precompress-"));
});

afterEach(async () => await rm(folder, { recursive: true }));

test("a script gets both variants, and they unpack to the same bytes", async () => {
  const script = "export const greeting = 'hello';\n".repeat(100);
  await Bun.write(join(folder, "assets/main.js"), script);
  await precompress(folder);
  const brotli = await Bun.file(join(folder, "assets/main.js.br")).bytes();
  const gzip = await Bun.file(join(folder, "assets/main.js.gz")).bytes();
  expect(brotliDecompressSync(brotli).toString()).toBe(script);
  expect(gunzipSync(gzip).toString()).toBe(script);
});

test("small files, pictures and what does not shrink stay alone", async () => {
  await Bun.write(join(folder, "small.js"), "1;");
  await Bun.write(join(folder, "icon.png"), new Uint8Array(5_000));
  await Bun.write(join(folder, "noise.txt"), crypto.getRandomValues(new Uint8Array(5_000)));
  await precompress(folder);
  expect((await readdir(folder)).toSorted()).toEqual(["icon.png", "noise.txt", "small.js"]);
});
