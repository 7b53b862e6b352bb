import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import type { EpochMs } from "#protocol/ids.ts";

const MINUTE_MS = 60_000;

/** The time, fresh at every full minute (so at midnight too) and whenever the page comes back to light. */
export function useNow(): Readonly<Ref<EpochMs>> {
  const now = ref(Date.now());
  let timer = 0;

  function tick(): void {
    now.value = Date.now();
    clearTimeout(timer);
    timer = window.setTimeout(tick, MINUTE_MS - (now.value % MINUTE_MS));
  }

  function wake(): void {
    if (document.visibilityState === "visible") tick();
  }

  tick();
  document.addEventListener("visibilitychange", wake);
  window.addEventListener("pageshow", wake);
  onScopeDispose(() => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", wake);
    window.removeEventListener("pageshow", wake);
  });
  return readonly(now);
}
