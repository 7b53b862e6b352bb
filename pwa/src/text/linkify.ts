/**
 * Finds http and https addresses in what a person wrote. People end sentences after an address and put addresses in
 * brackets, so closing punctuation belongs to the sentence, and a closing bracket belongs to the address only when the
 * address also opened it.
 */
export type TextPart = { kind: "text"; text: string } | { kind: "link"; text: string; href: string };

const ADDRESS = /https?:\/\/[^\s<>"`\p{Cc}\u3000-\u3003\u300c-\u300f\uff01\uff0c\uff1b\uff1f]+/giu;
/** What may end a sentence, in Latin, Arabic, Devanagari and CJK, and what closes a quotation. */
const TRAILING = /[.,;:!?'"*_~…‘’“”«»،؛؟।。、」』】）》]$/u;
const BRACKETS = new Map([
  [")", "("],
  ["]", "["],
  ["}", "{"],
]);
/** An address directly after one of these is the tail of a longer word, like `xhttp://…`; CJK needs no space before. */
const INSIDE_WORD = /[\p{Script=Latin}\p{N}_]$/u;

/** Splits `text` into plain runs and links; joined together the parts are `text` again. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let plainFrom = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = trimAddress(match[0]);
    const href = toHref(address);
    if (href === null || INSIDE_WORD.test(text.slice(0, match.index))) continue;
    if (match.index > plainFrom) parts.push({ kind: "text", text: text.slice(plainFrom, match.index) });
    parts.push({ kind: "link", text: address, href });
    plainFrom = match.index + address.length;
  }
  if (plainFrom < text.length) parts.push({ kind: "text", text: text.slice(plainFrom) });
  return parts;
}

function trimAddress(found: string): string {
  let address = found;
  for (;;) {
    const last = address.at(-1) ?? "";
    const opening = BRACKETS.get(last);
    const drop =
      opening === undefined ? TRAILING.test(address) : !isBalanced(address, { opening, closing: last });
    if (!drop) return address;
    address = address.slice(0, -1);
  }
}

function isBalanced(address: string, { opening, closing }: { opening: string; closing: string }): boolean {
  return address.split(closing).length <= address.split(opening).length;
}

/** The address as a browser reads it, or null when it is none, or names a user or password to look like another site. */
function toHref(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  if (url.username !== "" || url.password !== "") return null;
  return url.hostname.includes(".") || url.hostname === "localhost" || url.hostname.startsWith("[")
    ? url.href
    : null;
}
