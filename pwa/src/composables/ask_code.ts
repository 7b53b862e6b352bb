import type { Ref } from "vue";
import type { CodeAnswer } from "#protocol/http.ts";
import { useAttempts } from "./attempt.ts";
import type { Attempts } from "./attempt.ts";
import type { Pending } from "./pending.ts";

export interface AskCode {
  /** Asks for a code, by `ask`; null when it was refused, and `problem` says why. */
  ask<T>(typed: T, ask: () => Promise<CodeAnswer>): Promise<(T & Pending) | null>;
  busy: Ref<boolean>;
  /** A sentence for the person. */
  problem: Attempts["problem"];
  code: Attempts["code"];
}

/** Asking for a code, on the first step and again on the second. */
export function useAskCode(): AskCode {
  const { attempt, busy, problem, code } = useAttempts();

  async function ask<T>(typed: T, door: () => Promise<CodeAnswer>): Promise<(T & Pending) | null> {
    if (busy.value) return null;
    problem.value = null;
    let pending: (T & Pending) | null = null;
    await attempt(async () => {
      const { resendAfterMs } = await door();
      const askedAt = Date.now();
      pending = { ...typed, askedAt, resendAt: askedAt + resendAfterMs };
    });
    return pending;
  }

  return { ask, busy, problem, code };
}
