/** What half of something took, and all but the slowest twentieth of it. */
export interface Quantiles {
  count: number;
  p50: number;
  p95: number;
}

/** By nearest rank: each figure is one that was measured. Null for nothing measured. */
export function quantilesOf(values: readonly number[]): Quantiles | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? 0;
  return { count: sorted.length, p50: at(0.5), p95: at(0.95) };
}
