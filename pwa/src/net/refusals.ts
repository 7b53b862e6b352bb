import type { RefusedCode } from "#protocol/codes.ts";

/** Refusals that pass by themselves: the same message may be accepted a moment later. */
const PASSING = new Set<RefusedCode>(["rate_limited", "unavailable", "hello_first"]);

/** Whether sending the same again can help. */
export function passes(code: RefusedCode): boolean {
  return PASSING.has(code);
}
