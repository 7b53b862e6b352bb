/**
 * Which of their messages were not on the screen since the conversation was opened: those below what was seen, and those
 * that the person has jumped over. Seqs and rows only: what is on the screen is told from outside.
 */
import type { Seq } from "#protocol/ids.ts";
import type { Row } from "./rows.ts";

/** Rows on the screen, by index. */
export interface Span {
  first: number;
  last: number;
}

export interface Unseen {
  /** Their messages below everything that was on the screen so far. */
  below: number;
  /** The first message that was jumped over, and how many of theirs: while it is above the screen. */
  above: { seq: Seq; count: number } | null;
}

export interface UnseenKeeper {
  /** These rows are on the screen now. */
  look(rows: readonly Row[], span: Span): Unseen;
  /** The person leaves for the end: what is below is jumped over. */
  skip(rows: readonly Row[]): void;
}

export function createUnseen(): UnseenKeeper {
  let furthest: Seq = 0;
  let skipped: { seq: Seq; count: number } | null = null;

  function theirsBelow(rows: readonly Row[]): Seq[] {
    return rows.flatMap((row) =>
      row.kind === "message" && !row.item.mine && (row.item.seq ?? 0) > furthest ? [row.item.seq ?? 0] : [],
    );
  }

  return {
    look(rows, { first, last }) {
      const seqs = seqsOf(rows.slice(first, last + 1));
      furthest = Math.max(furthest, ...seqs);
      const lowest = Math.min(...seqs);
      if (skipped && lowest <= skipped.seq) skipped = null;
      return { below: theirsBelow(rows).length, above: skipped };
    },
    skip(rows) {
      const below = theirsBelow(rows);
      const [seq] = below;
      if (seq !== undefined) skipped ??= { seq, count: below.length };
    },
  };
}

function seqsOf(rows: readonly Row[]): Seq[] {
  return rows.flatMap((row) => (row.kind === "message" && row.item.seq !== null ? [row.item.seq] : []));
}
