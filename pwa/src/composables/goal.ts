import { ref, shallowRef, watch } from "vue";
import type { Ref } from "vue";
import { useRoute, useRouter } from "vue-router";
import type { Seq } from "#protocol/ids.ts";
import { PATHS } from "../paths.ts";
import { reach } from "./reach.ts";
import type { Pages, Reached } from "./reach.ts";

/** A message to go to; a new one each time, also when it is the same message again. */
export interface Goal {
  seq: Seq;
}

/**
 * Follows `?at=SEQ` in the address of the conversation `id`: loads what it takes to show that message, then takes it out of
 * the address, so that neither a reload nor the way back jumps again.
 */
export function useGoal({ id, opened, pages }: { id: string; opened: Readonly<Ref<boolean>>; pages: Pages }) {
  const route = useRoute();
  const router = useRouter();
  const goal = shallowRef<Goal | null>(null);
  /** Why the message that was asked for cannot be shown. */
  const missed = ref<Exclude<Reached, "here"> | null>(null);

  function asked(): Seq | null {
    const seq = Number(route.query["at"]);
    return route.params["id"] === id && Number.isInteger(seq) && seq > 0 ? seq : null;
  }

  async function go(): Promise<void> {
    const seq = asked();
    if (seq === null || !opened.value) return;
    const reached = await reach(pages, seq);
    if (asked() !== seq) return;
    goal.value = reached === "here" ? { seq } : null;
    missed.value = reached === "here" ? null : reached;
    await router.replace({ name: PATHS.chat, params: { id } });
  }

  watch([() => route.query["at"], opened], go, { immediate: true });
  return { goal, missed };
}
