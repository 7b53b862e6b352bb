/** In place of Vuetify's locales: its components say nothing of their own here, but must know which way one reads. */
import { computed, inject, ref } from "vue";
import type { Ref } from "vue";
import { directionOf, isLanguage } from "../../words/language.ts";

interface Locale {
  current: Ref<string>;
  isRtl: Readonly<Ref<boolean>>;
  rtlClasses: Readonly<Ref<string>>;
  t: (key: string) => string;
}

export const LocaleSymbol = Symbol.for("vuetify:locale");

export function createLocale(): Locale {
  const current = ref("en");
  const isRtl = computed(() => isLanguage(current.value) && directionOf(current.value) === "rtl");
  const rtlClasses = computed(() => (isRtl.value ? "v-locale--is-rtl" : "v-locale--is-ltr"));
  return { current, isRtl, rtlClasses, t: (key) => key };
}

export function useLocale(): Locale {
  const locale = inject<Locale>(LocaleSymbol);
  if (!locale) throw new Error("Reading the locale of Vuetify: it is not installed.");
  return locale;
}

/** The same, by the name that those ask for who only want to know the direction. */
export function useRtl(): Locale {
  return useLocale();
}
