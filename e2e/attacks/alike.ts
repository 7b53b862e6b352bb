/** For tests only: two kinds of questions, asked mixed by chance, and whether their answers can be told apart. */
import { expect } from "bun:test";
import type { RawAnswer } from "./line.ts";
import { cliffsDelta } from "./ranks.ts";

/** Times are told apart beyond this much. Of 200 and 200 that are alike it is five times what chance brings, of 600 nine times. */
export const APART = 0.3;

/** What is there, and what is not, or is not to be told from it. */
export interface Both<T> {
  existing: T[];
  missing: T[];
}

export type Heard = Both<RawAnswer>;

/** Asks about everybody, in an order of chance. */
export async function hear<T>(
  { existing, missing }: Both<T>,
  ask: (one: T, kind: keyof Both<T>) => Promise<RawAnswer>,
): Promise<Heard> {
  const all = [
    ...existing.map((one) => ({ one, kind: "existing" as const, at: Math.random() })),
    ...missing.map((one) => ({ one, kind: "missing" as const, at: Math.random() })),
  ].toSorted((one, other) => one.at - other.at);
  const heard: Heard = { existing: [], missing: [] };
  for (const { one, kind } of all) heard[kind].push(await ask(one, kind));
  return heard;
}

/** That nobody can tell them apart; and that the first answer says what it is meant to. */
export function expectAlike(heard: Heard, says: string): void {
  expect(heard.existing[0]?.text).toContain(says);
  expect(shapesOf(heard.missing)).toEqual(shapesOf(heard.existing));
  expect(timesApart(heard)).toBeLessThan(APART);
}

export function timesApart({ existing, missing }: Heard): number {
  return Math.abs(cliffsDelta(timesOf(existing), timesOf(missing)));
}

function timesOf(answers: RawAnswer[]): number[] {
  return answers.map(({ tookMs }) => tookMs);
}

/** The answers without what is random, and without the time: a set, so that one that differs shows. */
export function shapesOf(answers: RawAnswer[]): string[] {
  const shapes = answers.map(({ text }) =>
    text.replace(/^Date: .*$/m, "Date").replace(/parley-challenge=[\w-]{43};/, "parley-challenge;"),
  );
  return [...new Set(shapes)].toSorted();
}
