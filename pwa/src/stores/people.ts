import { defineStore } from "pinia";
import { computed } from "vue";
import type { ContactChange } from "#protocol/http.ts";
import type { UserId } from "#protocol/ids.ts";
import { isOver } from "../db/over.ts";
import { useConversations } from "./conversations.ts";
import { useTab } from "./tab.ts";
import type { ConversationView } from "./views.ts";

/** The people one knows. Every verb asks the server and throws `ApiProblem`; what comes of it comes back as an event. */
export const usePeople = defineStore("people", () => {
  const { asks } = useTab();
  const conversations = useConversations();

  /** By name; who is a contact no more is not among them. */
  const list = computed(() =>
    conversations.list
      .filter(({ standing }) => !isOver(standing))
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  );

  async function change(id: UserId, to: ContactChange): Promise<void> {
    await asks.changeContact(id, to);
  }

  return {
    list,
    loaded: computed(() => conversations.loaded),
    byId: (id: string): ConversationView | undefined =>
      conversations.list.find((view) => view.with.id === id),
    change,
    /** Both are contacts no more. */
    remove: (id: UserId): Promise<void> => asks.removeContact(id),
  };
});
