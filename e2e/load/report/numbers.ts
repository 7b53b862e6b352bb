/** Numbers as people read them: three figures that count, thousands apart. */
const FIGURES = 3;

export function shown(value: number | null): string {
  if (value === null || Number.isNaN(value)) return "–";
  if (Math.abs(value) >= 1_000) return Math.round(value).toLocaleString("en-US");
  return String(Number(value.toPrecision(FIGURES)));
}

export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
