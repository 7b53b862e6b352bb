import { onScopeDispose, readonly, ref, watch } from "vue";
import type { Ref } from "vue";
import { useLocale } from "vuetify";
import { directionOf, isLanguage } from "../words/language.ts";
import type { Language } from "../words/language.ts";
import { language, languageFor, speak } from "../words/words.ts";

/** A choice of the device, not of the account: it stays when the person signs out. */
const KEY = "parley.language";

const chosen = ref<Language | null>(null);

/** Speaks what the person chose on this device, or what their browser asks for. Before the first page is shown. */
export async function restoreLanguage(): Promise<void> {
  chosen.value = kept();
  // Without its catalogue (offline, and never loaded) the app speaks English rather than not at all.
  await speak(languageFor(chosen.value)).catch(reportError);
}

/** Keeps the document and the components' own words in the language and direction that is spoken. In the root component. */
export function useLanguageOfPage(): void {
  const vuetify = useLocale();
  watch(
    language,
    (spoken) => {
      document.documentElement.lang = spoken;
      document.documentElement.dir = directionOf(spoken);
      vuetify.current.value = spoken;
    },
    { immediate: true, flush: "sync" },
  );
  window.addEventListener("storage", follow);
  onScopeDispose(() => window.removeEventListener("storage", follow));
}

/** Another tab of this device chose. */
function follow({ key }: StorageEvent): void {
  if (key === KEY) void restoreLanguage();
}

export interface LanguageChoice {
  /** Null follows the browser. */
  chosen: Readonly<Ref<Language | null>>;
  /** Rejects when the language cannot be loaded; then nothing has changed. */
  choose(next: Language | null): Promise<void>;
}

export function useLanguageChoice(): LanguageChoice {
  return {
    chosen: readonly(chosen),
    async choose(next) {
      await speak(languageFor(next));
      chosen.value = next;
      if (next === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    },
  };
}

function kept(): Language | null {
  const text = localStorage.getItem(KEY);
  return isLanguage(text) ? text : null;
}
