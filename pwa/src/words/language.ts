/** The languages Parley speaks, and which of them a person wants. Pure: what the browser says comes in as arguments. */

/** Each by its own name, as its speakers look for it. */
export const LANGUAGES = { en: "English", hi: "हिन्दी", ar: "العربية" } as const;

export type Language = keyof typeof LANGUAGES;

const RIGHT_TO_LEFT: ReadonlySet<Language> = new Set(["ar"]);

export function isLanguage(text: string | null): text is Language {
  return text !== null && Object.hasOwn(LANGUAGES, text);
}

/** `kept`: what the person chose on this device, if anything. `wanted`: the browser's languages, the dearest first. */
export function chooseLanguage(kept: string | null, wanted: readonly string[]): Language {
  if (isLanguage(kept)) return kept;
  return wanted.map(baseOf).find(isLanguage) ?? "en";
}

/**
 * The tag that dates and numbers follow: the person's own variant of the language where the browser names one (`en-GB`,
 * `ar-EG` with its digits), else the language alone.
 */
export function localeOf(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => baseOf(tag) === language) ?? language;
}

export function directionOf(language: Language): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}

function baseOf(tag: string): string {
  return tag.split("-", 1)[0]?.toLowerCase() ?? "";
}
