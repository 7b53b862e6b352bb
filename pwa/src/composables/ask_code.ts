import { ref } from "vue";
import type { Ref } from "vue";
import { ApiProblem } from "../net/api.ts";
import { useSession } from "../stores/session.ts";
import { sentenceFor } from "../words/sentences.ts";
import type { PendingCode } from "./pending_code.ts";

export interface AskCode {
  /** Asks for a code; null when it was refused, and `problem` says why. */
  ask(request: { phone: string; country: string | null }): Promise<PendingCode | null>;
  busy: Ref<boolean>;
  /** A sentence for the person. */
  problem: Ref<string | null>;
}

/** Asking for a code, on the first step and again on the second. */
export function useAskCode(): AskCode {
  const session = useSession();
  const busy = ref(false);
  const problem = ref<string | null>(null);

  async function ask({
    phone,
    country,
  }: {
    phone: string;
    country: string | null;
  }): Promise<PendingCode | null> {
    if (busy.value) return null;
    busy.value = true;
    problem.value = null;
    try {
      const { resendAfterMs } = await session.askCode(country === null ? { phone } : { phone, country });
      const askedAt = Date.now();
      return { phone, country, askedAt, resendAt: askedAt + resendAfterMs };
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      problem.value = sentenceFor(error);
      return null;
    } finally {
      busy.value = false;
    }
  }

  return { ask, busy, problem };
}
