/** Guesses in which country a national phone number is meant, from the languages the browser is set to. */

/** ISO 3166 region of the first language that names or implies one, like `DE` for `de`; null when none does. */
export function guessCountry(languages: readonly string[]): string | null {
  for (const language of languages) {
    const region = regionOf(language);
    if (region !== null) return region;
  }
  return null;
}

/** The country's name in `language`, or null when there is none. */
export function countryName(country: string, language: string): string | null {
  const name = new Intl.DisplayNames([language], { type: "region", fallback: "none" }).of(country);
  return name ?? null;
}

function regionOf(language: string): string | null {
  try {
    const region = new Intl.Locale(language).maximize().region;
    return region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null;
  } catch (error) {
    // The browser's setting is no language tag: no guess is the honest answer.
    if (error instanceof RangeError) return null;
    throw error;
  }
}
