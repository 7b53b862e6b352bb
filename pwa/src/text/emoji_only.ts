/** So many may stand alone and be shown large. */
const LARGE_MAX = 3;

const ONE = /\p{RGI_Emoji}/gv;
const ONLY = /^(?:\p{RGI_Emoji}|\s)+$/v;

/** How many emoji a message is, when it is nothing else and few enough to be shown large; else 0. */
export function countLoneEmoji(text: string): number {
  if (!ONLY.test(text)) return 0;
  const count = text.match(ONE)?.length ?? 0;
  return count <= LARGE_MAX ? count : 0;
}
