/** The question a container engine asks of an instance, by the same binary: no shell, no curl. */

/** An instance that has not answered by then counts as ill. */
const ANSWER_WITHIN_MS = 4_000;
/** Interfaces that mean all of them: such an instance is found on this machine's own. */
const EVERYWHERE = new Set(["0.0.0.0", "::"]);

/** Where the instance of this configuration tells whether it takes new work. */
export function readyUrl({ host, port }: { host: string; port: number }): string {
  const name = EVERYWHERE.has(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}/health/ready`;
}

/** Resolves to null when `url` answers well, else to a sentence that says what happened instead. */
export async function probe(url: string): Promise<string | null> {
  try {
    const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    return ok ? null : `${url} answered ${status}`;
  } catch (error) {
    return `${url} did not answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}
