/** How many tests passed and failed, read from what the test runners leave behind. A skipped test is a failed one. */
export interface Counts {
  passed: number;
  failed: number;
  /** Of the failed ones, as far as they have names. */
  names: string[];
}

export const NONE: Counts = { passed: 0, failed: 0, names: [] };

export function add(one: Counts, other: Counts): Counts {
  return {
    passed: one.passed + other.passed,
    failed: one.failed + other.failed,
    names: [...one.names, ...other.names],
  };
}

/** From the closing lines of `bun test`: ` 12 pass`, ` 0 fail`, ` 1 skip`, and one per error outside of any test. */
export function countBunTest(output: string): Counts {
  const count = (word: string) => {
    const found = output.matchAll(new RegExp(`^ *(\\d+) ${word}s?$`, "gm"));
    return [...found].reduce((sum, [, digits]) => sum + Number(digits), 0);
  };
  const named = output.matchAll(/^\((?:fail|skip|todo)\) (.*?)(?: \[[\d.]+ms\])?$/gm);
  return {
    passed: count("pass"),
    failed: count("fail") + count("skip") + count("todo") + count("error"),
    // A failure is told where it happens and, after a long run, once more at the end.
    names: [...new Set([...named].flatMap(([, name]) => name ?? []))],
  };
}

interface PlaywrightReport {
  stats: { expected: number; unexpected: number; flaky: number; skipped: number };
  /** Errors outside of any test. */
  errors: unknown[];
  suites: Suite[];
}

interface Suite {
  suites?: Suite[];
  specs?: { title: string; file: string; tests: { status: string }[] }[];
}

/** From the file of Playwright's json reporter. A test that only passed when repeated did not pass. */
export function countPlaywright(report: string): Counts {
  const { stats, errors, suites }: PlaywrightReport = JSON.parse(report);
  return {
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky + stats.skipped + errors.length,
    names: suites.flatMap(namesIn),
  };
}

function namesIn({ suites = [], specs = [] }: Suite): string[] {
  const bad = specs.filter(({ tests }) => tests.some(({ status }) => status !== "expected"));
  return [...bad.map(({ file, title }) => `${file} > ${title}`), ...suites.flatMap(namesIn)];
}
