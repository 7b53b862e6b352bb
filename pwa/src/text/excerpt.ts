/** A search's find in its context: a line of the message with what was searched for marked. */
import { fold } from "./fold.ts";

export interface Piece {
  text: string;
  /** It is what was searched for. */
  hit: boolean;
}

/** Letters shown before the first hit, and in all. */
const BEFORE = 24;
const SHOWN = 140;

const letters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * The line around the first place where `text` has `wanted` (folded), cut to what fits. Folding changes lengths, so places
 * are found letter by letter, as a person sees letters.
 */
export function excerpt(text: string, wanted: string): Piece[] {
  const found = locate(text, wanted);
  const begin = Math.max(0, found.first - BEFORE);
  const shown = found.letters.slice(begin, begin + SHOWN);
  const hits = found.hits.slice(begin, begin + SHOWN);
  const pieces: Piece[] = [];
  for (const [index, letter] of shown.entries()) {
    const hit = hits[index] === true;
    const last = pieces.at(-1);
    const seen = /\s/u.test(letter) ? " " : letter;
    if (last?.hit === hit) last.text += seen;
    else pieces.push({ text: seen, hit });
  }
  const [head, tail] = [begin > 0, begin + SHOWN < found.letters.length];
  return [...(head ? [MORE] : []), ...pieces, ...(tail ? [MORE] : [])];
}

const MORE: Piece = { text: "…", hit: false };

interface Located {
  letters: string[];
  /** Whether each letter belongs to a hit. */
  hits: boolean[];
  /** Index of the first letter of the first hit; 0 when there is none. */
  first: number;
}

function locate(text: string, wanted: string): Located {
  const all = [...letters.segment(text)].map(({ segment }) => segment);
  const folded = all.map(fold);
  /** The letter that each unit of the folded text came from. */
  const from = folded.flatMap((part, index) => Array.from({ length: part.length }, () => index));
  const whole = folded.join("");
  const hits = all.map(() => false);
  let first: number | null = null;
  for (let at = next(whole, { wanted, after: 0 }); at >= 0;) {
    const end = at + wanted.length;
    for (const index of from.slice(at, end)) hits[index] = true;
    first ??= from[at] ?? 0;
    at = next(whole, { wanted, after: end });
  }
  return { letters: all, hits, first: first ?? 0 };
}

function next(whole: string, { wanted, after }: { wanted: string; after: number }): number {
  return wanted === "" ? -1 : whole.indexOf(wanted, after);
}
