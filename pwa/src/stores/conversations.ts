import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import type { ConversationId } from "#protocol/ids.ts";
import type { Summary } from "../db/ledger.ts";
import { isOver } from "../db/over.ts";
import type { ConversationRow } from "../db/schema.ts";
import type { StandingUnsent } from "../net/sending.ts";
import { words } from "../words/words.ts";
import { useTab } from "./tab.ts";
import { byLatest, lastOf } from "./views.ts";
import type { ConversationView } from "./views.ts";

/** The list of conversations, latest first. */
export const useConversations = defineStore("conversations", () => {
  const tab = useTab();
  const summaries = shallowRef<ReadonlyMap<ConversationId, Summary>>(new Map());
  const unsent = shallowRef<readonly StandingUnsent[]>([]);
  /** False until the device's cache was read or, when it is empty, the first snapshot came. */
  const loaded = ref(false);
  /** Counts changes of presence and typing, which the tab keeps. */
  const people = ref(0);

  tab.on(({ kind }) => {
    if (kind === "people") people.value += 1;
    if (kind === "unsent") unsent.value = tab.line()?.unsent() ?? [];
    if (kind === "opened" || kind === "closed" || kind === "applied") look();
  });
  look();

  function look(): void {
    const line = tab.line();
    summaries.value = line?.conversations() ?? new Map();
    unsent.value = line?.unsent() ?? [];
    loaded.value = line?.filled() ?? false;
  }

  function show(summary: Summary): ConversationView {
    const { row, unread } = summary;
    const { id, alias, muted, standing } = row;
    // Of whom nothing more is heard, what was heard last would stand for minutes.
    const line = isOver(standing) ? null : tab.line();
    return {
      id,
      with: row.with,
      name: standing === "deleted" ? words.people.deleted : (alias ?? row.with.name),
      alias,
      muted,
      standing,
      presence: line?.presenceOf(row.with.id) ?? { state: "unknown", lastSeenAt: null },
      typing: line?.isTyping(row.with.id) ?? false,
      last: lastOf(summary, unsent.value),
      unread,
    };
  }

  const list = computed<readonly ConversationView[]>(() => {
    void people.value;
    return [...summaries.value.values()].map(show).toSorted(byLatest);
  });

  return {
    list,
    loaded,
    /** Of everybody whom the person wants to hear of. */
    unreadTotal: computed(() =>
      [...summaries.value.values()].reduce((sum, { unread, row }) => sum + (row.muted ? 0 : unread), 0),
    ),
    byId: (id: string): ConversationView | undefined => list.value.find((view) => view.id === id),
    /** The row that a view is made from; for other stores. */
    rowOf: (id: ConversationId): ConversationRow | undefined => summaries.value.get(id)?.row,
    /** What was not accepted yet, of all conversations, in the order of Send; for other stores. */
    unsent,
  };
});

export type { PresenceView } from "../net/presence.ts";
export type { ConversationView, Tick } from "./views.ts";
