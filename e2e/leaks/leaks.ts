/**
 * At the end of a run: whether a number, an address or a code of its people lies anywhere in clear: in rows, keys, records, files,
 * logs, or in what browsers were told when something was refused.
 */
import type { Secret } from "./notes.ts";
import { createSearch } from "./search.ts";
import type { Source } from "./sources.ts";

/** A place to look through. */
export interface Place {
  source: Source;
  /** False for heaps of raw bytes, where six digits can stand by themselves by chance. */
  codesToo: boolean;
}

/** A sentence for each leak. Throws when there was nothing to look for, or nothing to look in. */
export async function findLeaks(places: readonly Place[], secrets: readonly Secret[]): Promise<string[]> {
  if (secrets.length === 0) throw new Error("there was nobody in this run whose number could have leaked");
  const find = createSearch(secrets);
  const somebodySignedIn = secrets.some(({ kind }) => kind === "code");
  const leaks = new Set<string>();
  for (const { source, codesToo } of places) {
    let pieces = 0;
    for await (const [place, text] of source) {
      pieces += 1;
      for (const what of find(text, { codesToo })) leaks.add(`${what} in ${place}`);
    }
    if (pieces === 0 && somebodySignedIn) throw new Error("one of the places to look for leaks in was empty");
  }
  return [...leaks].toSorted();
}
