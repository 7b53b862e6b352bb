import { ref } from "vue";
import type { Ref } from "vue";
import { ApiProblem } from "../net/api.ts";
import type { ApiProblemCode } from "../net/api.ts";
import { sentenceFor } from "../words/sentences.ts";

export interface Attempts {
  /** A sentence about what went wrong last; null when nothing did. */
  problem: Ref<string | null>;
  /** What it was that went wrong, for who does something about it. */
  code: Readonly<Ref<ApiProblemCode | null>>;
  busy: Ref<boolean>;
  /** Does `work`. True when it came to an end; a refusal is a sentence for the person, anything else is thrown. */
  attempt(work: () => Promise<void>): Promise<boolean>;
}

export function useAttempts(): Attempts {
  const problem = ref<string | null>(null);
  const code = ref<ApiProblemCode | null>(null);
  const busy = ref(false);

  async function attempt(work: () => Promise<void>): Promise<boolean> {
    busy.value = true;
    try {
      await work();
      problem.value = null;
      code.value = null;
      return true;
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      problem.value = sentenceFor(error);
      code.value = error.code;
      return false;
    } finally {
      busy.value = false;
    }
  }

  return { problem, code, busy, attempt };
}
