/** What of the gate to run, from its command line. */
export interface Plan {
  /** Format, lint, types, unused code. */
  checks: boolean;
  /** Unit and contract tests: all, those that need no service, or none. */
  units: "all" | "quick" | "none";
  stacks: Stack[];
  /** Handed on to Playwright. */
  rest: string[];
}

const STACKS = ["embedded", "full"] as const;
/** These take a Docker engine and build the image, so they run when they are asked for. */
const ON_DEMAND = ["compose", "https"] as const;
export type Stack = (typeof STACKS)[number] | (typeof ON_DEMAND)[number];
const NAMEABLE: readonly Stack[] = [...STACKS, ...ON_DEMAND];

/** Playwright's projects of scenarios; the others take screenshots and measure. Each one word: the option would take the names of files after it too. */
const SCENARIOS = ["--project=scenarios", "--project=whole", "--project=firefox"];

/**
 * - nothing: all of it.
 * - `--fast`: what takes less than a minute.
 * - `--e2e [--stack embedded|full|compose|https] …`: the browser scenarios; what else is given goes to Playwright.
 */
export function readArguments(args: string[]): Plan {
  if (args.length === 0) return { checks: true, units: "all", stacks: [...STACKS], rest: SCENARIOS };
  if (args.length === 1 && args[0] === "--fast")
    return { checks: true, units: "quick", stacks: [], rest: [] };
  if (args[0] !== "--e2e") throw new Error(`expected nothing, --fast or --e2e, not: ${args.join(" ")}`);

  const rest = args.slice(1);
  const at = rest.indexOf("--stack");
  const named: readonly Stack[] = at < 0 ? STACKS : NAMEABLE.filter((stack) => stack === rest[at + 1]);
  if (named.length === 0) throw new Error(`--stack must be ${NAMEABLE.join(" or ")}`);
  if (at >= 0) rest.splice(at, 2);
  const project = rest.some((arg) => arg.startsWith("--project")) ? [] : SCENARIOS;
  return { checks: false, units: "none", stacks: [...named], rest: [...project, ...rest] };
}
