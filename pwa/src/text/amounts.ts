/** Amounts in words, as the language of the app writes them: `38 ms`, `1.2 s`, `4.5 MB`. */
import { locale } from "../words/words.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const TIMES = [
  { from: HOUR_MS, per: HOUR_MS, unit: "hour" },
  { from: MINUTE_MS, per: MINUTE_MS, unit: "minute" },
  { from: SECOND_MS, per: SECOND_MS, unit: "second" },
  { from: 0, per: 1, unit: "millisecond" },
];
const SIZES = [
  { from: 1e9, per: 1e9, unit: "gigabyte" },
  { from: 1e6, per: 1e6, unit: "megabyte" },
  { from: 0, per: 1e3, unit: "kilobyte" },
];

export function durationWords(ms: number): string {
  return amountWords(ms, TIMES);
}

export function bytesWords(bytes: number): string {
  return amountWords(bytes, SIZES);
}

/** One figure behind the point below ten, none above. */
function amountWords(amount: number, units: typeof TIMES): string {
  const { per, unit } = units.find(({ from }) => amount >= from) ?? { per: 1, unit: "millisecond" };
  const value = amount / per;
  const digits = per > 1 && value < 10 ? 1 : 0;
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits } as const;
  return new Intl.NumberFormat(locale(), style).format(value);
}
