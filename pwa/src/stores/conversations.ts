import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { Person } from "#protocol/frames.ts";
import type { ConversationId, EpochMs } from "#protocol/ids.ts";

/** waiting: not accepted yet · sent: committed · delivered: stored on their device · read: seen · refused: will not go. */
export type Tick = "waiting" | "sent" | "delivered" | "read" | "refused";

export interface PresenceView {
  state: "online" | "away" | "offline" | "unknown";
  lastSeenAt: EpochMs | null;
}

export interface LastView {
  text: string;
  at: EpochMs;
  mine: boolean;
  /** Null for their messages. */
  tick: Tick | null;
}

export interface ConversationView {
  id: ConversationId;
  with: Person;
  presence: PresenceView;
  typing: boolean;
  last: LastView | null;
  unread: number;
}

/** The list of conversations, latest first. */
export const useConversations = defineStore("conversations", () => {
  const list = shallowRef<readonly ConversationView[]>([]);
  /** False until the device's cache was read or, when it is empty, the first snapshot came. */
  const loaded = ref(false);
  const unreadTotal = computed(() => list.value.reduce((sum, view) => sum + view.unread, 0));

  function byId(id: string): ConversationView | undefined {
    return list.value.find((view) => view.id === id);
  }

  return { list, loaded, unreadTotal, byId };
});
