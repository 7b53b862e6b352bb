/** Counted words. A language says which forms it has; `#` in a form stands for the number, written as its readers do. */
import { localeOf } from "./language.ts";
import type { Language } from "./language.ts";

/** The plural forms that CLDR gives each language; a catalogue that leaves one out does not compile. */
interface Forms {
  en: "one" | "other";
  hi: "one" | "other";
  ar: "zero" | "one" | "two" | "few" | "many" | "other";
}

export type Count<L extends Language> = (
  count: number,
  forms: Record<Forms[L], string> & { other: string },
) => string;

/** Counts in `language`: `count(3, { one: "# day", other: "# days" })`. */
export function counter<L extends Language>(language: L): Count<L> {
  const rules = new Intl.PluralRules(language);
  return (count, forms: Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }) =>
    (forms[rules.select(count)] ?? forms.other).replace("#", figures(language)(count));
}

/** Writes numbers in `language`: `1,234`, `१,२३४` or `١٬٢٣٤`, as the person's variant of it has them. */
export function figures(language: Language): (number: number) => string {
  const format = new Intl.NumberFormat(localeOf(language, globalThis.navigator?.languages ?? []));
  return (number) => format.format(number);
}
