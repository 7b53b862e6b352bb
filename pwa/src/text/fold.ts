import { SEARCH_IGNORES } from "#protocol/search.ts";

const IGNORED = new RegExp(`[${SEARCH_IGNORES}]`, "gu");

/** What a search compares: text without regard to case, accents and forms of letters. The server's does the same in SQL. */
export function fold(text: string): string {
  return text.normalize("NFKD").toUpperCase().toLowerCase().replaceAll("ς", "σ").replaceAll(IGNORED, "");
}

/** Whether a text has what was searched for; `wanted` is folded already. What folds to nothing is in no text. */
export function matches(wanted: string): (text: string) => boolean {
  return (text) => wanted !== "" && fold(text).includes(wanted);
}
