import { CONNECTIONS_PER_USER_MAX } from "#protocol/limits.ts";
import { Refusal } from "../problem.ts";
import type { Allowance } from "./allowance.ts";

/** Who has too many connections is sent away for this long: some of them may be gone without knowing it yet. */
const FULL_RETRY_AFTER_MS = 10_000;

/** Throws `rate_limited` for a user who has had enough connections, in a row or at once. `open`: how many they have. */
export function admit(allowance: Allowance, open: number): void {
  const waitMs = allowance.resumes.take();
  if (waitMs > 0) throw new Refusal("rate_limited", { retryAfterMs: waitMs });
  if (open < CONNECTIONS_PER_USER_MAX) return;
  throw new Refusal("rate_limited", { retryAfterMs: FULL_RETRY_AFTER_MS });
}
