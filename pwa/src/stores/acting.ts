import { defineStore } from "pinia";
import { computed, shallowRef } from "vue";
import type { Cid } from "#protocol/ids.ts";
import { useTimeline } from "./timeline.ts";

/** What is open over the conversation, for one message. */
export type Overlay = "menu" | "emoji" | "details" | "remove" | "forward";

/** Where on the screen, CSS pixels: where the person pointed, or the place of the message. */
export interface Point {
  x: number;
  y: number;
}

/** The one message that the person is about to do something with. */
export const useActing = defineStore("acting", () => {
  const timeline = useTimeline();
  const open = shallowRef<{ overlay: Overlay; key: Cid; at: Point } | null>(null);
  const item = computed(() => timeline.items.find(({ key }) => key === open.value?.key) ?? null);

  return {
    overlay: computed(() => (item.value ? (open.value?.overlay ?? null) : null)),
    at: computed(() => open.value?.at ?? { x: 0, y: 0 }),
    item,
    show(overlay: Overlay, key: Cid, at: Point): void {
      open.value = { overlay, key, at };
    },
    /** Another one for the same message. */
    turnTo(overlay: Overlay): void {
      if (open.value) open.value = { ...open.value, overlay };
    },
    close(): void {
      open.value = null;
    },
  };
});
