import { defineStore } from "pinia";
import { ref } from "vue";
import type { EpochMs } from "#protocol/ids.ts";

export type ConnectionState = "idle" | "connecting" | "resuming" | "live" | "waiting" | "stopped";

/** How this tab's socket fares. */
export const useConnection = defineStore("connection", () => {
  const state = ref<ConnectionState>("idle");
  /** True only after 3 s of real failure while the tab should be connected: show the banner. */
  const troubled = ref(false);
  /** Next attempt, by this device's clock; null unless `waiting`. */
  const retryAt = ref<EpochMs | null>(null);
  /** The server speaks a newer protocol than this build: only a reload helps. */
  const mustReload = ref(false);

  function tryNow(): void {}

  return { state, troubled, retryAt, mustReload, tryNow };
});
