import { ref } from "vue";
import type { Ref } from "vue";
import { ApiProblem } from "../net/api.ts";

export interface OlderPages {
  loading: Readonly<Ref<boolean>>;
  /** The last try failed; nothing is tried again until the person says so. */
  failed: Readonly<Ref<boolean>>;
  /** Loads one page, or waits for the one that is on its way, unless the last one failed or there is none. */
  load(): Promise<void>;
  retry(): Promise<void>;
}

export interface OlderPagesOptions {
  more: () => boolean;
  fetch: () => Promise<void>;
}

/** Older messages, one page at a time, as the person scrolls up. */
export function useOlderPages({ more, fetch }: OlderPagesOptions): OlderPages {
  const loading = ref(false);
  const failed = ref(false);

  let current: Promise<void> | null = null;

  async function retry(): Promise<void> {
    if (!more()) return;
    current ??= loadOne().finally(() => {
      current = null;
    });
    await current;
  }

  async function loadOne(): Promise<void> {
    loading.value = true;
    failed.value = false;
    try {
      await fetch();
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      failed.value = true;
    } finally {
      loading.value = false;
    }
  }

  async function load(): Promise<void> {
    if (!failed.value) await retry();
  }

  return { loading, failed, load, retry };
}
