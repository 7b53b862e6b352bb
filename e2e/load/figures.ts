/** A measured figure, the floors beside it, and what it should be. */

export type Aim = { atMost: number } | { atLeast: number };

/** Where a figure was taken: the product, and the two things that do the least that could be called the same. */
export type Ground = "product" | "relay" | "persisting";

export interface Figure {
  scenario: string;
  /** What was varied, like "10 messages/s each". */
  setting: string;
  measure: string;
  unit: string;
  /** In `unit`; null where it could not be taken. */
  values: Record<Ground, number | null>;
  /** For the product's value. */
  aim?: Aim;
  /** For the product's ratio to the persisting floor. */
  aimRatio?: Aim;
}

/** How many times the floor the product's value is; null when either is missing or the floor is zero. */
export function ratioTo(
  floor: Exclude<Ground, "product">,
  { values }: Pick<Figure, "values">,
): number | null {
  const [own, least] = [values.product, values[floor]];
  if (own === null || least === null || least === 0) return null;
  const ratio = own / least;
  return Number.isFinite(ratio) ? ratio : null;
}

/** Whether the aim was met; null when there is none, or nothing to hold against it. */
export function aimMet(figure: Figure): boolean | null {
  const held = [
    reaches(figure.values.product, figure.aim),
    reaches(ratioTo("persisting", figure), figure.aimRatio),
  ].filter((met) => met !== null);
  return held.length === 0 ? null : held.every(Boolean);
}

function reaches(value: number | null, aim: Aim | undefined): boolean | null {
  if (aim === undefined || value === null || Number.isNaN(value)) return null;
  return "atMost" in aim ? value <= aim.atMost : value >= aim.atLeast;
}
