import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFreshness } from "./freshness.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "parley-freshness-"));
  await write("pwa/src/main.ts", "start();");
  await write("bun.lock", "{}");
});

afterEach(async () => await rm(root, { recursive: true }));

function write(path: string, text: string): Promise<number> {
  return Bun.write(join(root, path), text);
}

async function build(): Promise<void> {
  await write("pwa/dist/index.html", "<!doctype html>");
  const freshness = makeFreshness(root);
  await freshness.mark(await freshness.fingerprint());
}

test("what was never built is stale, and fresh once built", async () => {
  expect(await makeFreshness(root).isFresh()).toBe(false);
  await build();
  expect(await makeFreshness(root).isFresh()).toBe(true);
});

test("a changed source, a new one, a changed protocol and a changed lock file make it stale", async () => {
  for (const path of ["pwa/src/main.ts", "pwa/src/more.ts", "server/protocol/frames.ts", "bun.lock"]) {
    await build();
    await write(path, `changed ${path}`);
    expect(await makeFreshness(root).isFresh()).toBe(false);
  }
});

test("a source that was written again as it was, and a changed unit test, leave it fresh", async () => {
  await build();
  await write("pwa/src/main.ts", "start();");
  await write("pwa/src/main_test.ts", "test");
  expect(await makeFreshness(root).isFresh()).toBe(true);
});

test("a build that was removed is stale", async () => {
  await build();
  await rm(join(root, "pwa/dist"), { recursive: true });
  expect(await makeFreshness(root).isFresh()).toBe(false);
});
