import { expect, test } from "bun:test";
import type { Encoding } from "./asset_table.ts";
import { chooseEncoding } from "./encoding.ts";

const ALL: Encoding[] = ["br", "gzip", "identity"];

const CASES: [accepts: string | null, has: Encoding[], chosen: Encoding][] = [
  ["gzip, deflate, br, zstd", ALL, "br"],
  ["gzip, deflate", ALL, "gzip"],
  ["br", ["gzip", "identity"], "identity"],
  ["gzip, br", ["gzip", "identity"], "gzip"],
  ["br;q=0, gzip;q=0.5", ALL, "gzip"],
  ["br;q=0.000, gzip;q=0", ALL, "identity"],
  ["*", ALL, "br"],
  ["*;q=0.1, br;q=0", ALL, "gzip"],
  ["BR", ALL, "br"],
  ["brr, xgzip", ALL, "identity"],
  ["identity", ALL, "identity"],
  ["", ALL, "identity"],
  [null, ALL, "identity"],
];

test.each(CASES)("%j of %j gets %s", (accepts, has, chosen) => {
  expect(chooseEncoding(accepts, (encoding) => has.includes(encoding))).toBe(chosen);
});
