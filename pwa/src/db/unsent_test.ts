import { expect, test } from "bun:test";
import type { Cid } from "#protocol/ids.ts";
import { openFor } from "../testing/disk.ts";
import { createLog } from "../testing/log.ts";
import { composed } from "../testing/unsent.ts";
import { keepUnsent, unsentRows, wantAgain } from "./unsent.ts";

const DAY_MS = 24 * 3_600_000;

test("what two tabs ask for is put on its way once, in the order in which it was first asked for", async () => {
  const log = createLog({ now: () => 0 });
  const { person: bob, conversation } = log.meet("Bob");
  const owner = { disk: await openFor(log), user: log.me.id };
  const cids = ["one", "two", "three"] as Cid[];
  for (const cid of cids)
    await keepUnsent(owner, composed({ cid, text: cid, conversation, to: bob.id, now: 0 }));
  const now = 2 * DAY_MS;
  for (const cid of ["one", "two", "one"] as Cid[]) await wantAgain(owner, { cid, as: cid, now });
  const rows = await owner.disk.read(unsentRows);
  expect(rows.map(({ cid, wantedAt }) => [cid as string, wantedAt])).toEqual([
    ["three", 0],
    ["one", now],
    ["two", now],
  ]);
});
