/**
 * For tests only: whether two heaps of measurements can be told apart. By ranks, not by means: on a busy machine a few
 * measurements are a hundred times too long, which moves a mean anywhere and a rank not at all.
 */

/**
 * Cliff's delta: how much more often one of `left` is above one of `right` than below it, from -1 to 1. 0: nobody can tell from
 * which heap a measurement is. Of heaps that are alike its spread is about `spreadOf` them, by chance alone.
 */
export function cliffsDelta(left: readonly number[], right: readonly number[]): number {
  const sorted = Float64Array.from(right).toSorted();
  let above = 0;
  for (const value of left) above += countBelow(sorted, value, false) + countBelow(sorted, value, true);
  return above / (left.length * right.length) - 1;
}

/** Standard deviation of Cliff's delta between two heaps of these sizes that are alike. */
export function spreadOf(left: number, right: number): number {
  return Math.sqrt((left + right + 1) / (3 * left * right));
}

/** How many of `sorted` are below `value`; with `orEqual`, those that equal it too. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const at = sorted[middle] ?? 0;
    if (at < value || (orEqual && at === value)) from = middle + 1;
    else to = middle;
  }
  return from;
}
