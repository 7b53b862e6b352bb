/**
 * What a search leaves out of account, on the server and on a device alike: marks that people leave away when they type in a
 * hurry. Combining diacritics, Hebrew points, Arabic vowel signs and the stretching of words; not the vowel signs of Devanagari,
 * which make other words. Ranges for a character class, in the form that regular expressions of both JavaScript and Postgres know.
 */
export const SEARCH_IGNORES = [
  String.raw`\u0300-\u036f`,
  String.raw`\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7`,
  String.raw`\u0610-\u061a\u0640\u064b-\u065f\u0670`,
].join("");
