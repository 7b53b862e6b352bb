/** What people could write to hurt whoever reads it, and how it is to be read: as it was written, unless `shown` says otherwise. */
export interface Hostile {
  what: string;
  text: string;
  /** What the rules for texts make of it: NFC, without controls and bidi overrides, trimmed, well-formed. */
  shown?: string;
}

/** Sets what the scenarios look for, if it is run. */
const HURT = "window.hurt=1";

const MARKUP: Hostile[] = [
  `<script>${HURT}</script>`,
  `<img src=x onerror="${HURT}">`,
  `"><svg onload=${HURT}>`,
  `<svg><animate onbegin=${HURT} attributeName=x dur=1s></svg>`,
  `<svg><script href="data:text/javascript,${HURT}" /></svg>`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--><img src=1 onerror=${HURT}>">`,
  `<iframe srcdoc="<script>parent.${HURT}</script>"></iframe>`,
  `<a href="javascript:${HURT}" autofocus onfocus=${HURT}>press me</a>`,
  `<details open ontoggle=${HURT}>`,
  `<style>*{display:none!important}</style>`,
  `<base href="https://evil.example/">`,
  `<meta http-equiv="refresh" content="0;url=https://evil.example/">`,
  `<form action="https://evil.example/"><input name=code autofocus></form>`,
  `</p></article></main></body><h1>outside</h1>`,
  `<!-- <b> &lt;b&gt; &amp;amp; ]]> --!>`,
  `{{constructor.constructor('${HURT}')()}}`,
  "${window.hurt=1} #{window.hurt=1} <%= window.hurt=1 %>",
].map((text) => ({ what: "markup", text }));

const LINKS: Hostile[] = [
  `javascript:${HURT}`,
  `JaVa\tScRiPt:${HURT}//https://example.org`,
  `https://example.org/"onmouseover="${HURT}`,
  `https://example.org/'><script>${HURT}</script>`,
  `data:text/html,<script>${HURT}</script>`,
  `vbscript:msgbox(1) file:///etc/passwd blob:https://x/1`,
  `https://paypal.example@evil.example/ https://evil.example\\@example.org`,
  `http://[::1]:80/ https://xn--80ak6aa92e.com https://аррӏе.com`,
].map((text) => ({ what: "links", text }));

/** Marks of several kinds over and under the same letter: NFC puts them into an order of its own. */
const MARKS = `Z${"\u0335\u0322\u034E\u0353".repeat(400)}algo`;
const FEWER_MARKS = `Z${"\u0335\u0322\u034E".repeat(25)}o`;

const LETTERS: Hostile[] = [
  { what: "bidi overrides", text: "send \u202Egnp.exe\u202C now", shown: "send gnp.exe now" },
  { what: "bidi isolates that are not closed", text: "\u2067\u2067\u2067 open \u2066 still" },
  { what: "zero-width letters", text: "a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf" },
  { what: "tag letters and selectors", text: `flag \u{E0041}\u{E007F} ${"\uFE0F".repeat(200)} end` },
  { what: "a flood of combining marks", text: MARKS, shown: MARKS.normalize("NFC") },
  { what: "marks that compose", text: `e${"\u0301".repeat(500)}!`, shown: `\u00E9${"\u0301".repeat(499)}!` },
  { what: "lone surrogates", text: "a\uD800b\uDC00c", shown: "a\uFFFDb\uFFFDc" },
  { what: "null bytes and controls", text: "a\0b\u0007c\u001B[31md\u009Be", shown: "abc[31mde" },
  { what: "4,000 emoji", text: "\u263A".repeat(4_000) },
  { what: "2,000 emoji of two units", text: "😀".repeat(2_000) },
  { what: "emoji joined without end", text: Array.from({ length: 300 }, () => "👩").join("\u200D") },
  { what: "one word without end", text: "W".repeat(4_000) },
  { what: "the widest letters there are", text: "\uFDFD".repeat(120) },
  { what: "the tallest letters there are", text: "\u{1242B}\uA9C5\u0BF5".repeat(60) },
  { what: "lines and tabs", text: `a${"\n\t".repeat(60)}b` },
  { what: "line and paragraph separators", text: `a${"\u2028\u2029".repeat(40)}b` },
  { what: "right-to-left without end", text: "مرحبا".repeat(500) },
];

export const HOSTILE_TEXTS: readonly Hostile[] = [...MARKUP, ...LINKS, ...LETTERS];

/** Names, as whoever is invited could choose them. */
export const HOSTILE_NAMES: readonly Hostile[] = [
  { what: "markup", text: `<img src=x onerror=${HURT}>` },
  { what: "bidi overrides", text: "Ann \u202Eecila", shown: "Ann ecila" },
  { what: "a flood of combining marks", text: FEWER_MARKS, shown: FEWER_MARKS.normalize("NFC") },
  { what: "one word without end", text: "W".repeat(80) },
  { what: "the widest letter", text: "\uFDFD".repeat(20) },
];

/** Addresses of the app that carry something along. */
export const HOSTILE_ADDRESSES: readonly string[] = [
  `/%3Cscript%3E${HURT}%3C/script%3E`,
  `/c/%22%3E%3Cimg%20src=x%20onerror=${HURT}%3E`,
  `/sign-in?next=javascript:${HURT}&x=%22%3E%3Csvg%20onload=${HURT}%3E`,
  `/#javascript:${HURT}`,
  `/settings/%2e%2e%2f%2e%2e?__proto__[hurt]=1`,
];

/** In the place of an invite's token. */
export const HOSTILE_FRAGMENT = `#"><img src=x onerror=${HURT}>&token=javascript:${HURT}`;
