import { afterEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keyFileOf, loadOrMakeKeys, makeKey } from "./keys_file.ts";

const folders: string[] = [];

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "parley-keys-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test("keys are made once and found again", async () => {
  const folder = await makeFolder();
  const made = await loadOrMakeKeys(folder);
  expect(made).toHaveLength(1);
  expect(made[0]?.bytes).toHaveLength(32);
  expect(await loadOrMakeKeys(folder)).toEqual(made);
});

test("every folder gets keys of its own", async () => {
  expect(await loadOrMakeKeys(await makeFolder())).not.toEqual(await loadOrMakeKeys(await makeFolder()));
});

test("only the owner may read the file", async () => {
  const folder = await makeFolder();
  await loadOrMakeKeys(folder);
  const { mode } = await stat(join(folder, "keys"));
  expect(mode & 0o777).toBe(0o600);
});

test("racing starts get the same keys and leave one file", async () => {
  const folder = await makeFolder();
  const all = await Promise.all(
    Array.from({ length: 8 }, () => loadOrMakeKeys(join(folder, "made/by/start"))),
  );
  for (const keys of all) expect(keys).toEqual(all[0] ?? []);
  expect(await readdir(join(folder, "made/by/start"))).toEqual(["keys"]);
});

test("a damaged file is refused, not replaced", async () => {
  const folder = await makeFolder();
  for (const text of ["", "k1:tooshort", "nonsense"]) {
    await writeFile(join(folder, "keys"), text);
    await expect(loadOrMakeKeys(folder)).rejects.toThrow("is damaged");
  }
});

test("a new key goes in front of those that are there, readable by the owner only", async () => {
  const folder = await makeFolder();
  const [first] = await loadOrMakeKeys(folder);
  const second = makeKey(["k1"]);
  const { path, putInFront } = keyFileOf(folder);
  await putInFront(second);
  expect((await loadOrMakeKeys(folder)).map(({ id }) => id)).toEqual(["k2", "k1"]);
  expect((await loadOrMakeKeys(folder))[1]).toEqual(first as NonNullable<typeof first>);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(["keys"]);
});

test("a new key has an id that is free, and 32 random bytes", () => {
  expect(makeKey([]).id).toBe("k1");
  expect(makeKey(["k2", "k10", "old"]).id).toBe("k11");
  expect(makeKey([]).bytes).toHaveLength(32);
  expect(makeKey([]).bytes).not.toEqual(makeKey([]).bytes);
});
