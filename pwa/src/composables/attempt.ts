import { ref } from "vue";
import type { Ref } from "vue";
import { ApiProblem } from "../net/api.ts";
import { sentenceFor } from "../words/sentences.ts";

export interface Attempts {
  /** A sentence about what went wrong last; null when nothing did. */
  problem: Ref<string | null>;
  busy: Ref<boolean>;
  /** Does `work`. True when it came to an end; a refusal is a sentence for the person, anything else is thrown. */
  attempt(work: () => Promise<void>): Promise<boolean>;
}

export function useAttempts(): Attempts {
  const problem = ref<string | null>(null);
  const busy = ref(false);

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    busy.value = true;
    try {
      await work();
      problem.value = null;
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      problem.value = sentenceFor(error);
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { problem, busy, attempt };
}
