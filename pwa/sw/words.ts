/** The worker's own words: it shows a notification while no page with the catalogues is open. */

type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const NEW_MESSAGES: Record<string, Plural> = {
  en: { one: "New message", other: "# new messages" },
  hi: { one: "नया संदेश", other: "# नए संदेश" },
  ar: {
    one: "رسالة جديدة",
    two: "رسالتان جديدتان",
    few: "# رسائل جديدة",
    many: "# رسالة جديدة",
    other: "# رسالة جديدة",
  },
};

/** `count` new messages, in the language of a BCP 47 tag; English for one without words. */
export function newMessages(language: string, count: number): string {
  const known = language.split("-")[0] ?? "en";
  const words = NEW_MESSAGES[known] ?? NEW_MESSAGES["en"];
  const rule = new Intl.PluralRules(known in NEW_MESSAGES ? language : "en").select(count);
  // In Hindi, one is also the rule for none.
  return (words?.[rule] ?? words?.other ?? "").replace("#", new Intl.NumberFormat(language).format(count));
}
