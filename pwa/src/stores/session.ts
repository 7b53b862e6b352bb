import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { CodeAnswer, CodeRequest, Me, SessionRequest } from "#protocol/http.ts";

export type SessionState = "unknown" | "signedOut" | "signedIn";

/** Who is signed in on this device. Every verb that asks the server throws `ApiProblem` (net/api.ts). */
export const useSession = defineStore("session", () => {
  const state = ref<SessionState>("unknown");
  const me = shallowRef<Me | null>(null);

  /** Resolves as soon as `state` is known: from the device's cache at once, else after asking the server. */
  async function restore(): Promise<void> {
    state.value = "signedOut";
  }

  async function askCode(_request: CodeRequest): Promise<CodeAnswer> {
    return { resendAfterMs: 0 };
  }

  async function signIn(_request: SessionRequest): Promise<void> {}

  /** Ends the session on the server and wipes the device. */
  async function signOut(): Promise<void> {}

  return { state, me, restore, askCode, signIn, signOut };
});
