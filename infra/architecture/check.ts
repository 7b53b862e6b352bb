import { checkCycles } from "./cycles.ts";
import { checkHabits } from "./habits.ts";
import { checkImports } from "./imports.ts";
import { checkNames } from "./names.ts";
import { parse, type SourceText } from "./source.ts";
import { checkWording } from "./wording.ts";

/** Holds all rules against the files; one line for each that is broken. */
export function check(texts: SourceText[]): string[] {
  const sources = texts.map(parse);
  const known = new Set(texts.map(({ path }) => path));
  const missing = sources.flatMap(({ path, imports }) =>
    imports
      .filter(({ target }) => target !== null && /\.(ts|vue)$/.test(target) && !known.has(target))
      .map(({ specifier, line }) => ({
        path,
        line,
        rule: `an import names a file that exists: ${specifier}`,
      })),
  );
  return [
    ...missing,
    ...checkImports(sources),
    ...checkCycles(sources),
    ...checkNames(sources),
    ...checkHabits(sources),
    ...checkWording(sources),
  ].map(({ path, line, rule }) => `${path}:${line} ${rule}`);
}
