import { defineStore } from "pinia";
import { shallowRef } from "vue";
import type { Contact } from "#protocol/frames.ts";
import type { CodeAnswer, Invite, Inviter, JoinCodeRequest, NewInvite } from "#protocol/http.ts";
import type { InviteId } from "#protocol/ids.ts";
import { ApiProblem } from "../net/api.ts";
import { createInviteDoor } from "../net/invites.ts";
import { useTab } from "./tab.ts";

/** Invites: one's own, and one that somebody has sent. Every verb asks the server and throws `ApiProblem` (net/api.ts). */
export const useInvites = defineStore("invites", () => {
  const door = createInviteDoor(useTab().ask);
  /** Open ones, newest first; null until they were loaded. */
  const list = shallowRef<readonly Invite[] | null>(null);
  /** The one that was made here last: only now is there a link. */
  const fresh = shallowRef<NewInvite | null>(null);

  /** Counts questions: an answer to an earlier one is not shown after that to a later one. */
  let turn = 0;

  async function ask(): Promise<readonly Invite[]> {
    turn += 1;
    const mine = turn;
    const open = await door.list();
    if (mine === turn) list.value = open;
    return open;
  }

  async function load(): Promise<void> {
    await ask();
  }

  /** Loads again. True when the one that was made here last is open no more; then its link is seen no more. */
  async function lookAgain(): Promise<boolean> {
    const before = fresh.value;
    const open = await ask();
    // What was made after the question is not in the answer.
    if (before === null || fresh.value !== before || open.some(({ id }) => id === before.id)) return false;
    forget();
    return true;
  }

  async function make(): Promise<void> {
    fresh.value = await door.make();
    await load();
  }

  async function revoke(id: InviteId): Promise<void> {
    try {
      await door.revoke(id);
    } catch (error) {
      // Used or revoked meanwhile: it is not open, which is what was asked for.
      if (!(error instanceof ApiProblem && error.code === "not_found")) throw error;
    }
    list.value = list.value?.filter((invite) => invite.id !== id) ?? null;
    if (fresh.value?.id === id) forget();
  }

  /** The link is seen no more. */
  function forget(): void {
    fresh.value = null;
  }

  return {
    list,
    fresh,
    load,
    lookAgain,
    make,
    revoke,
    forget,
    /** Who invites, by the token of their invite. */
    look: (token: string): Promise<Inviter> => door.look(token),
    /** Becomes a contact of who invites. */
    accept: (token: string): Promise<Contact> => door.accept(token),
    askCode: (request: JoinCodeRequest): Promise<CodeAnswer> => door.askCode(request),
  };
});
