import type { Language } from "../words/language.ts";
import { nameEmoji } from "./search.ts";
import type { NamedEmoji } from "./search.ts";

const NAMES: Record<Language, () => Promise<{ EMOJI_NAMES: string }>> = {
  en: () => import("../words/emoji/en.ts"),
  hi: () => import("../words/emoji/hi.ts"),
  ar: () => import("../words/emoji/ar.ts"),
};

/** The emoji as speakers of a language call them. Rejects when the names cannot be loaded. */
export async function loadNames(language: Language): Promise<NamedEmoji[]> {
  const { EMOJI_NAMES } = await NAMES[language]();
  return nameEmoji(EMOJI_NAMES);
}
