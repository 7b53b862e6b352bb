import type { Encoding } from "./asset_table.ts";

/** Smallest first. */
const PREFERRED: Encoding[] = ["br", "gzip"];

/**
 * The best of the encodings that exist which the client takes, by its `Accept-Encoding`; `identity` when none fits, since a
 * client that says nothing may know nothing.
 */
export function chooseEncoding(accepts: string | null, has: (encoding: Encoding) => boolean): Encoding {
  const weights = parseWeights(accepts ?? "");
  const takes = (encoding: string) => (weights.get(encoding) ?? weights.get("*") ?? 0) > 0;
  return PREFERRED.find((encoding) => has(encoding) && takes(encoding)) ?? "identity";
}

/** `gzip;q=0.5, br` as encoding → weight. */
function parseWeights(accepts: string): Map<string, number> {
  const weights = new Map<string, number>();
  for (const part of accepts.toLowerCase().split(",")) {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
    if (name !== "") weights.set(name, weight === undefined ? 1 : Number(weight) || 0);
  }
  return weights;
}
