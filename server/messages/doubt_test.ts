import { expect, test } from "bun:test";
import { createDoubt } from "./doubt.ts";
import type { Doubt } from "./doubt.ts";

test("what never holds is asked for less and less, and always again", () => {
  const doubt = createDoubt();
  expect(Array.from({ length: 10 }, () => batchesUntilAsked(doubt, { holds: false }))).toEqual([
    1, 2, 3, 5, 9, 17, 33, 65, 65, 65,
  ]);
});

test("what held is asked for each time, until it does not", () => {
  const doubt = createDoubt();
  for (let n = 0; n < 5; n++) batchesUntilAsked(doubt, { holds: false });
  batchesUntilAsked(doubt, { holds: true });
  for (let n = 0; n < 3; n++) expect(batchesUntilAsked(doubt, { holds: true })).toBe(1);
  expect(batchesUntilAsked(doubt, { holds: false })).toBe(1);
  expect(batchesUntilAsked(doubt, { holds: true })).toBe(2);
});

/** The one that was asked for included. */
function batchesUntilAsked(doubt: Doubt, { holds }: { holds: boolean }): number {
  let batches = 1;
  while (!doubt.isOver()) batches += 1;
  doubt.heard(holds);
  return batches;
}
