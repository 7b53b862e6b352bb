import type { Seq } from "#protocol/ids.ts";

/**
 * Lowest seq from which on nothing is missing up to the newest. What lies below a hole is not shown until the hole was
 * filled: a message that silently is not there would be worse than one that is loaded later.
 */
export function wholeFrom(seqs: readonly Seq[]): Seq | null {
  const ascending = seqs.toSorted((a, b) => a - b);
  let from = ascending.at(-1) ?? null;
  for (const seq of ascending.toReversed()) {
    if (from === null || seq < from - 1) break;
    from = seq;
  }
  return from;
}
