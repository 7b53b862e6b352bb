import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { quietLog } from "../testing/quiet.ts";
import { createFindFile, shelveFolder } from "./shelf.ts";
import type { FindFile } from "./shelf.ts";

let database: TestDatabase;
let now: number;
let find: FindFile;

beforeAll(async () => {
  database = await testDatabase();
});

afterAll(() => database.close());

beforeEach(async () => {
  now = Date.UTC(2026, 5, 15, 12);
  await database.db`delete from app_files`;
  find = createFindFile({ db: database.db, clock: () => now });
});

/** As an instance starts on a build that has these files. */
async function deploy(day: number, files: Record<string, string | Uint8Array>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "parley-shelf-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "build.json"), JSON.stringify({ build: `2026-06-0${day}T00:00:00.000Z` }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, "assets", name), content);
  await shelveFolder(database.db, { folder, log: quietLog });
  rmSync(folder, { recursive: true });
}

async function text(name: string): Promise<string | null> {
  const asset = await find(`/assets/${name}`);
  const bytes = asset?.variants.get("identity")?.bytes;
  return bytes === undefined ? null : new TextDecoder().decode(bytes);
}

describe("a file of the build before", () => {
  test("is found, with its type, its variants and for ever", async () => {
    await deploy(1, { "start-1a2b.js": "one", "start-1a2b.js.br": Uint8Array.of(1, 2, 3), "a-1.css": "a{}" });
    await deploy(2, { "start-3c4d.js": "two" });
    const asset = await find("/assets/start-1a2b.js");
    expect(asset).toMatchObject({
      contentType: expect.stringMatching(/^text\/javascript/),
      cacheControl: "public, max-age=31536000, immutable",
    });
    expect([...(asset?.variants.get("br")?.bytes ?? [])]).toEqual([1, 2, 3]);
    expect([await text("start-1a2b.js"), await text("a-1.css"), await text("start-3c4d.js")]).toEqual([
      "one",
      "a{}",
      "two",
    ]);
  });

  test("is gone with the fourth build, unless a later one has it too", async () => {
    await deploy(1, { "own-1.js": "own", "shared-1.js": "shared" });
    for (const day of [2, 3]) await deploy(day, { [`own-${day}.js`]: "own", "shared-1.js": "shared" });
    expect(await text("own-1.js")).toBe("own");
    await deploy(4, { "own-4.js": "own", "shared-1.js": "shared" });
    find = createFindFile({ db: database.db, clock: () => now });
    expect([await text("own-1.js"), await text("own-2.js"), await text("shared-1.js")]).toEqual([
      null,
      "own",
      "shared",
    ]);
  });
});

test("several instances that start at once keep a build once", async () => {
  await Promise.all(Array.from({ length: 3 }, () => deploy(1, { "start-1a2b.js": "one" })));
  const rows = await database.db`select path from app_files`;
  expect(rows.map(({ path }) => path)).toEqual(["/assets/start-1a2b.js"]);
});

test("a folder without a build keeps nothing", async () => {
  await shelveFolder(database.db, { folder: "/nowhere", log: quietLog });
  expect(await database.db`select path from app_files`).toHaveLength(0);
});

test("asking for names at random reaches the database at a bounded pace", async () => {
  await deploy(1, { "start-1a2b.js": "one" });
  for (let guess = 0; guess < 50; guess += 1) await find(`/assets/guess-${guess}.js`);
  expect(await text("start-1a2b.js")).toBeNull();
  now += 1_000;
  expect(await text("start-1a2b.js")).toBe("one");
});
