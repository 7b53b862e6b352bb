import { expect, test } from "bun:test";
import type { UserId } from "#protocol/ids.ts";
import { createSqliteStore } from "../store/sqlite.ts";
import { createProfilePace } from "./pace.ts";

const HOUR_MS = 60 * 60 * 1_000;
const CHANGES = 60;
const [ann, ben] = ["ann", "ben"] as UserId[] as [UserId, UserId];

test("a person changes their profile so often an hour, on all instances together; another one is not held up", async () => {
  let now = Date.UTC(2026, 5, 15, 12);
  const store = createSqliteStore(":memory:", { clock: () => now });
  const instances = [createProfilePace(store), createProfilePace(store)];
  const all = Array.from({ length: CHANGES }, (_, at) => instances[at % 2]?.(ann));
  await Promise.all(all);
  for (const take of instances) {
    await expect(take(ann)).rejects.toMatchObject({ code: "rate_limited", retryAfterMs: HOUR_MS });
    await take(ben);
  }
  now += HOUR_MS;
  await instances[0]?.(ann);
  await store.close();
});
