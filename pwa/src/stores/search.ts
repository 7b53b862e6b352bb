import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { ConversationId, EpochMs, Seq } from "#protocol/ids.ts";
import type { Found } from "../net/search.ts";
import { excerpt } from "../text/excerpt.ts";
import type { Piece } from "../text/excerpt.ts";
import { fold, matches } from "../text/fold.ts";
import { useConversations } from "./conversations.ts";
import type { ConversationView } from "./conversations.ts";
import { useTab } from "./tab.ts";

export interface FoundMessage {
  key: string;
  conversation: ConversationId;
  seq: Seq;
  with: ConversationView["with"];
  mine: boolean;
  at: EpochMs;
  line: readonly Piece[];
}

/** What the person searches for, and what was found on this device and on the server. */
export const useSearch = defineStore("search", () => {
  const tab = useTab();
  const conversations = useConversations();
  const text = ref("");
  const found = shallowRef<Found | null>(null);
  let stop: (() => void) | null = null;

  const wanted = computed(() => fold(text.value.trim()));
  const active = computed(() => wanted.value !== "");

  tab.on(({ kind }) => {
    if (kind === "closed") look("");
  });

  /** The person types what they look for. */
  function look(typed: string): void {
    stop?.();
    stop = null;
    text.value = typed;
    if (!active.value) found.value = null;
    else stop = tab.line()?.search(typed.trim(), (news) => (found.value = news)) ?? null;
  }

  /** Conversations with people whose names have it. */
  const people = computed<readonly ConversationView[]>(() => {
    const has = matches(wanted.value);
    return conversations.list.filter((view) => has(view.with.name));
  });

  const messages = computed<readonly FoundMessage[]>(() =>
    (found.value?.messages ?? []).flatMap((message) => {
      const view = conversations.byId(message.conversation);
      if (!view) return [];
      const { conversation, seq, from, sentAt: at, text: whole } = message;
      const line = excerpt(whole, wanted.value);
      const key = `${conversation} ${seq}`;
      return [{ key, conversation, seq, with: view.with, mine: from !== view.with.id, at, line }];
    }),
  );

  return {
    text,
    /** Something is searched for. */
    active,
    people,
    messages,
    /** What was found so far comes from: null until the device has answered. */
    from: computed(() => found.value?.from ?? null),
    look,
    clear: () => look(""),
  };
});
