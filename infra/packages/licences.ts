/**
 * `bun run licences`: under which licences Parley's parts come. Ends with 1 when one is unknown or not of the lists. What is told
 * is what each package declares; the runtime and the embedded Postgres hold parts of others under licences of their own.
 */
import { type Item, takeInventory } from "./inventory.ts";

/** What may be in the image, and in what browsers load: licences that ask for no more than to be named. */
const PERMISSIVE = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Unlicense",
]);
/** What tools may have besides, of which nothing is passed on: a copyleft by the file, and one for data. */
const FOR_TOOLS = new Set([...PERMISSIVE, "CC-BY-4.0", "MPL-2.0"]);

/** A sentence for each item whose licence is missing or not allowed where it ends up. */
export function objections(items: readonly Pick<Item, "name" | "version" | "licence" | "whereabouts">[]) {
  return items.flatMap(({ name, version, licence, whereabouts }) => {
    if (licence === null) return [`${name} ${version} declares no licence`];
    const allowed = whereabouts.includes("tools") ? FOR_TOOLS : PERMISSIVE;
    return allows(licence, allowed)
      ? []
      : [`${name} ${version} (${whereabouts.join(", ")}) is under ${licence}`];
  });
}

/** Whether an SPDX expression can be kept with `allowed` alone: one side of an OR will do, an AND needs both. */
export function allows(expression: string, allowed: ReadonlySet<string> = PERMISSIVE): boolean {
  const tokens = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;

  function either(): boolean {
    let allowedSoFar = both();
    while (tokens[at] === "OR") {
      at += 1;
      allowedSoFar = both() || allowedSoFar;
    }
    return allowedSoFar;
  }

  function both(): boolean {
    let allowedSoFar = one();
    while (tokens[at] === "AND") {
      at += 1;
      allowedSoFar = one() && allowedSoFar;
    }
    return allowedSoFar;
  }

  function one(): boolean {
    const token = tokens[at];
    at += 1;
    if (token !== "(") return token !== undefined && allowed.has(token);
    const inner = either();
    at += 1;
    return inner;
  }

  const kept = either();
  // What is left over was not understood: an exception, or no expression at all.
  return kept && at === tokens.length;
}

/** Licences with the packages under them, most packages first; tools are only counted. */
export function licenceList(items: readonly Item[]): string {
  const byLicence = [...Map.groupBy(items, ({ licence }) => licence ?? "unknown")];
  const lines = byLicence
    .toSorted(([, a], [, b]) => b.length - a.length)
    .flatMap(([licence, under]) => {
      const shipped = under.filter(({ whereabouts }) => !whereabouts.includes("tools"));
      const names = new Set(shipped.map(({ name, version }) => `  ${name} ${version}`));
      const counted = `${licence}: ${under.length} packages, ${shipped.length} of them shipped`;
      return [counted, ...names];
    });
  return lines.join("\n");
}

if (import.meta.main) {
  const { items } = await takeInventory();
  process.stdout.write(`${licenceList(items)}\n`);
  const wrong = objections(items);
  if (wrong.length > 0)
    process.stderr.write(`\nNot allowed:\n${wrong.map((line) => `  ${line}`).join("\n")}\n`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}
