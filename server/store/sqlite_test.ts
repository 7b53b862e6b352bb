import { expect, test } from "bun:test";
import { Database } from "bun:sqlite";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../clock.ts";
import { createSqliteStore } from "./sqlite.ts";
import { storeContract } from "./store_contract.ts";

const LONG_MS = 60_000;

storeContract("the store in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
  let now = 1_000;
  const open = () => createSqliteStore(join(folder, "store.sqlite"), { clock: () => now });
  const stores: [ReturnType<typeof open>, ReturnType<typeof open>] = [open(), open()];
  return {
    stores,
    async pass(ms) {
      now += ms;
    },
    async close() {
      await Promise.all(stores.map((store) => store.close()));
      rmSync(folder, { recursive: true });
    },
  };
});

test("what is in the file is there after a restart, and the file is closed to others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
  const path = join(folder, "made", "store.sqlite");
  const before = createSqliteStore(path, { clock: systemClock });
  await before.set("kept", "value", { ttlMs: LONG_MS });
  await before.close();
  const after = createSqliteStore(path, { clock: systemClock });
  expect(await after.get("kept")).toBe("value");
  expect(statSync(path).mode & 0o077).toBe(0);
  await after.close();
  rmSync(folder, { recursive: true });
});

test("a file of a version that knew no second handing out is opened as it is", async () => {
  const folder = mkdtempSync(join(tmpdir(), "parley-store-"));
  const path = join(folder, "store.sqlite");
  const file = new Database(path);
  file.run(
    "create table leases (name text, holder text, value text not null, expires_at int not null, primary key (name, holder))",
  );
  file.run("insert into leases values ('group', 'holder', 'kept', 1000)");
  file.close();
  let now = 1_000;
  const store = createSqliteStore(path, { clock: () => now });
  const kept = { group: "group", holder: "holder", value: "kept", expiresAt: 1_000 };
  expect(await store.takeExpired(10, { againMs: LONG_MS })).toEqual([kept]);
  now += LONG_MS;
  expect(await store.takeExpired(10, { againMs: LONG_MS })).toEqual([kept]);
  await store.close();
  rmSync(folder, { recursive: true });
});

test("what has expired does not stay in the file for ever", async () => {
  let now = 1_000;
  const store = createSqliteStore(":memory:", { clock: () => now });
  for (let each = 0; each < 1_500; each++) {
    now += LONG_MS;
    await store.set(`entry ${each}`, "value", { ttlMs: 1 });
  }
  now = 0;
  expect(await store.get("entry 0")).toBeNull();
  await store.close();
});
