import { expect, test } from "bun:test";
import { mintCid } from "./cid.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test("a cid is a UUIDv7 that carries its moment", () => {
  const at = Date.UTC(2026, 10, 22, 12, 30);
  const cid = mintCid(at);
  expect(cid).toMatch(UUID_V7);
  expect(Number.parseInt(cid.replace("-", "").slice(0, 12), 16)).toBe(at);
});

test("cids of one moment are in the order of Send, and no two are the same", () => {
  const cids = Array.from({ length: 1_000 }, () => mintCid(0));
  expect(cids.toSorted()).toEqual(cids);
  expect(new Set(cids).size).toBe(1_000);
});
