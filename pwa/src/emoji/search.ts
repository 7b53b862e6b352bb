/** Finding an emoji by what it is called. */
import { EMOJI } from "./groups.ts";

export interface NamedEmoji {
  emoji: string;
  name: string;
  /** Its name and what else it is found by, as `plain` writes them. */
  words: readonly string[];
}

/** `names`: a line for each emoji of `EMOJI`, its name first. */
export function nameEmoji(names: string): NamedEmoji[] {
  return names
    .trim()
    .split("\n")
    .map((line, index) => {
      const [name = ""] = line.split(",");
      return { emoji: EMOJI[index] ?? "", name, words: plain(line).split(" ") };
    });
}

/** Each word that was typed begins a word of what is found. Where it is in the name comes first. */
export function findEmoji(all: readonly NamedEmoji[], typed: string): NamedEmoji[] {
  const wanted = plain(typed).split(" ");
  const nameLength = ({ name }: NamedEmoji) => plain(name).split(" ").length;
  const matches = (words: readonly string[]) =>
    wanted.every((start) => words.some((word) => word.startsWith(start)));
  const found = all.filter(({ words }) => matches(words));
  const inName = (one: NamedEmoji) => matches(one.words.slice(0, nameLength(one)));
  return [...found.filter(inName), ...found.filter((one) => !inName(one))];
}

/** Lower case, without accents and points, words apart by one space. */
function plain(text: string): string {
  return text
    .normalize("NFKD")
    .replaceAll(/(?!\p{Script=Devanagari})\p{Mn}/gu, "")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .trim();
}
