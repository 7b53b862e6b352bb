import { defineStore } from "pinia";
import { ref, shallowRef } from "vue";
import type { Me, ProfileChange } from "#protocol/http.ts";
import type { SealedCount } from "../db/sealed.ts";
import type { AccountState } from "../net/account.ts";
import { useTab } from "./tab.ts";

/** Who is signed in on this device. Every verb that asks the server throws `ApiProblem` (net/api.ts). */
export const useSession = defineStore("session", () => {
  const { account, asks, sealed: keeping, on } = useTab();
  const state = ref<AccountState>(account.state());
  const me = shallowRef<Me | null>(account.me());
  const sealed = shallowRef<SealedCount | null>(null);

  on(({ kind }) => {
    if (kind !== "account") return;
    state.value = account.state();
    me.value = account.me();
    if (account.state() === "signedOut") void lookForSealed();
  });

  async function lookForSealed(): Promise<void> {
    sealed.value = await keeping.count();
  }

  /** Removes for good what is sealed on this device. */
  async function dropSealed(): Promise<void> {
    await keeping.drop();
    await lookForSealed();
  }

  /** Changes what the person shows of themselves. */
  async function show(change: ProfileChange): Promise<void> {
    await asks.changeProfile(change);
  }

  return {
    state,
    me,
    show,
    /** What people had not got sent when their sessions were ended here; null when there is nothing. */
    sealed,
    dropSealed,
    /** Resolves as soon as `state` is known: from the device's cache at once, else after asking the server. */
    restore: account.restore,
    askCode: account.askCode,
    signIn: account.signIn,
    /** Comes in by an invite, and is signed in. */
    join: account.join,
    /** Wipes the device and ends the session; a server that is out of reach is told later. */
    signOut: account.signOut,
    /** A document of everything that the server holds about this person. */
    exported: account.exported,
    /** Has a code mailed that ends the account. */
    askEnd: account.askEnd,
    /** Ends the account, with that code, and wipes the device. */
    endAccount: account.endAccount,
  };
});
