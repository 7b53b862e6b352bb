/** How a person looks without a picture: initials, and a hue that is theirs on every device. */

/** Hues that stay apart from each other at the avatars' lightness, degrees. */
export const HUES = [12, 48, 92, 150, 185, 225, 265, 305, 340] as const;

/** First letters of the first and the last word of a name, in capitals; whole characters, so no emoji is cut in two. */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const first = words.at(0);
  if (first === undefined) return "?";
  const last = words.length > 1 ? words.at(-1) : undefined;
  return [first, last]
    .map((word) => firstCharacter(word ?? ""))
    .join("")
    .toLocaleUpperCase();
}

/** The hue that belongs to an id, degrees. */
export function hueOf(id: string): number {
  let hash = 0;
  for (const char of id) hash = (hash * 31 + (char.codePointAt(0) ?? 0)) >>> 0;
  return HUES[hash % HUES.length] ?? HUES[0];
}

const characters = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstCharacter(word: string): string {
  for (const { segment } of characters.segment(word)) return segment;
  return "";
}
