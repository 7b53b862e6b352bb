import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeSecrets } from "./secrets.ts";

const PERMISSIONS = 0o777;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "parley-secrets-"));
});

afterEach(() => rm(folder, { recursive: true }));

describe("makeSecrets", () => {
  test("makes every secret once and never again", async () => {
    const made = await makeSecrets(folder);
    expect(made.toSorted()).toEqual(await paths());
    const before = await contents();
    expect(await makeSecrets(folder)).toEqual([]);
    expect(await contents()).toEqual(before);
  });

  test("makes what is missing to fit what is there", async () => {
    await makeSecrets(folder);
    const before = await contents();
    await rm(join(folder, "parley/database_url"));
    await rm(join(folder, "redis/redis.conf"));
    expect(await makeSecrets(folder)).toEqual(["redis/redis.conf", "parley/database_url"]);
    expect(await contents()).toEqual(before);
  });

  test("keeps a secret that somebody put there", async () => {
    await Bun.write(join(folder, "postgres/parley_password"), "chosen-by-hand\n");
    await makeSecrets(folder);
    const url = await Bun.file(join(folder, "parley/database_url")).text();
    expect(url).toBe("postgres://parley:chosen-by-hand@postgres:5432/parley\n");
  });

  test("lets nobody but the owner read", async () => {
    await makeSecrets(folder);
    for (const path of await paths()) {
      expect((await stat(join(folder, path))).mode & PERMISSIONS).toBe(0o600);
    }
    for (const reader of await readdir(folder)) {
      expect((await stat(join(folder, reader))).mode & PERMISSIONS).toBe(0o700);
    }
  });

  test("gives racing runs the same secrets and leaves nothing beside them", async () => {
    const made = await Promise.all([makeSecrets(folder), makeSecrets(folder), makeSecrets(folder)]);
    expect(made.flat().toSorted()).toEqual(await paths());
    const files = await contents();
    const password = files["postgres/parley_password"]?.trim() ?? "";
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(files["parley/database_url"]).toContain(password);
  });

  test("draws other secrets for another folder", async () => {
    await makeSecrets(join(folder, "one"));
    await makeSecrets(join(folder, "other"));
    const files = await contents();
    expect(new Set(Object.values(files)).size).toBe(Object.keys(files).length);
  });
});

async function paths(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

async function contents(): Promise<Record<string, string>> {
  const files = await paths();
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path, await Bun.file(join(folder, path)).text()] as const)),
  );
}
