import { computed, onScopeDispose, ref, toValue, watch } from "vue";
import type { ComputedRef, MaybeRefOrGetter } from "vue";
import type { EpochMs } from "#protocol/ids.ts";

const SECOND_MS = 1_000;

/** Whole seconds until a moment, counted down to 0; 0 when there is none. It ticks only while there is time left. */
export function useCountdown(until: MaybeRefOrGetter<EpochMs | null>): ComputedRef<number> {
  const now = ref(Date.now());
  const left = computed(() => Math.max(0, Math.ceil(((toValue(until) ?? 0) - now.value) / SECOND_MS)));
  let timer = 0;

  function tick(): void {
    clearInterval(timer);
    now.value = Date.now();
    if (left.value > 0) timer = window.setInterval(() => (now.value = Date.now()), SECOND_MS);
  }

  watch(() => toValue(until), tick, { immediate: true });
  watch(left, (seconds) => {
    if (seconds === 0) clearInterval(timer);
  });
  onScopeDispose(() => clearInterval(timer));
  return left;
}
