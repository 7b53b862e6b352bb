import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { Me } from "#protocol/http.ts";
import type { AccountState } from "../net/account.ts";
import { useTab } from "./tab.ts";

/** Who is signed in on this device. Every verb that asks the server throws `ApiProblem` (net/api.ts). */
export const useSession = defineStore("session", () => {
  const { account, on } = useTab();
  const state = ref<AccountState>(account.state());
  const me = shallowRef<Me | null>(account.me());

  on(({ kind }) => {
    if (kind !== "account") return;
    state.value = account.state();
    me.value = account.me();
  });

  return {
    state,
    me,
    /** Resolves as soon as `state` is known: from the device's cache at once, else after asking the server. */
    restore: account.restore,
    askCode: account.askCode,
    signIn: account.signIn,
    /** Wipes the device and ends the session; a server that is out of reach is told later. */
    signOut: account.signOut,
  };
});
