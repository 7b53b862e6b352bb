import type { Ref } from "vue";
import { ref } from "vue";

/** What became of a link that was to be copied. */
export type Copied = "no" | "yes" | "refused";

export interface HandOn {
  /** Whether this browser hands things on to other apps. */
  canShare: boolean;
  /** Resolves also when the person thinks better of it. */
  share(link: { text: string; url: string }): Promise<void>;
  copied: Ref<Copied>;
  copy(text: string): Promise<void>;
}

/** Handing a link on: to another app where the browser can, else by the clipboard. */
export function useHandOn(): HandOn {
  const copied = ref<Copied>("no");
  return {
    canShare: "share" in navigator,
    async share(link) {
      try {
        await navigator.share(link);
      } catch (error) {
        const changedMind = error instanceof DOMException && error.name === "AbortError";
        if (!changedMind) throw error;
      }
    },
    copied,
    async copy(text) {
      try {
        await navigator.clipboard.writeText(text);
        copied.value = "yes";
      } catch {
        // On a page without HTTPS there is no clipboard, and a browser may refuse: then the person does it.
        copied.value = "refused";
      }
    },
  };
}
