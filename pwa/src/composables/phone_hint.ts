import { computed } from "vue";
import type { ComputedRef } from "vue";
import { countryName, guessCountry } from "../text/country.ts";
import { locale, words } from "../words/words.ts";

/** The country that a national number is read in, as the browser's languages have it, and a line that says so. */
export function usePhoneHint(): { country: string | null; hint: ComputedRef<string> } {
  const country = guessCountry(navigator.languages);
  const hint = computed(() => {
    const named = country === null ? null : countryName(country, locale());
    return named === null ? words.signIn.phoneHintPlain : words.signIn.phoneHint(named);
  });
  return { country, hint };
}
