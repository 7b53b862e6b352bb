/**
 * Every word a person reads, in the language they chose. `words.chat.hello(name)` reads it; whatever was made from it is
 * made anew when the language changes. A catalogue is a file beside this one; English is always here, and is what the
 * others are held to. The others are loaded when somebody wants them.
 */
import { shallowReactive, shallowRef } from "vue";
import type { Words } from "./catalogue.ts";
import { en } from "./en.ts";
import { chooseLanguage, isLanguage, localeOf } from "./language.ts";
import type { Language } from "./language.ts";

const CATALOGUES: Record<Language, () => Promise<Words>> = {
  en: async () => en,
  hi: async () => (await import("./hi.ts")).hi,
  ar: async () => (await import("./ar.ts")).ar,
};

const sections = shallowReactive<{ -readonly [K in keyof Words]: Words[K] }>({ ...en });
const spoken = shallowRef<Language>("en");

export const words: Words = sections;

/** The language that `words` are in. */
export function language(): Language {
  return spoken.value;
}

/** The tag that dates and numbers follow, `en-GB`. */
export function locale(): string {
  return localeOf(spoken.value, browserLanguages());
}

/** Changes the language of everything that is on the screen. Rejects when its words cannot be loaded. */
export async function speak(next: Language): Promise<void> {
  const catalogue = await CATALOGUES[next]();
  Object.assign(sections, catalogue);
  spoken.value = next;
}

/** `kept`: what the person chose on this device; null follows the browser. */
export function languageFor(kept: string | null): Language {
  return chooseLanguage(isLanguage(kept) ? kept : null, browserLanguages());
}

function browserLanguages(): readonly string[] {
  return globalThis.navigator?.languages ?? [];
}
