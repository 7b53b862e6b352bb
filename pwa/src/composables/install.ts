import { computed, ref, shallowRef } from "vue";
import type { ComputedRef } from "vue";
import { useConversations } from "../stores/conversations.ts";

const KEY = "parley.install";
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Who said "not now" is left in peace for this long. */
const PEACE_MS = 90 * DAY_MS;
/** Offered from this start of the app on: who comes back may want to keep it. */
const FROM_START = 2;

/** What the browser hands out when the app can be installed; TypeScript's DOM does not know it yet. */
interface InstallPrompt extends Event {
  prompt(): Promise<{ outcome: "accepted" | "dismissed" }>;
}

/**
 * `prompt`: the browser asks when told to. `ios`: only the person can, through the share sheet. `menu`: only through the
 * browser's menu, if at all. `installed`: it runs as an app already.
 */
export type InstallWay = "prompt" | "ios" | "menu" | "installed";

interface Kept {
  starts: number;
  declinedAt: number | null;
}

const prompt = shallowRef<InstallPrompt | null>(null);
const installed = ref(false);
const kept = ref<Kept>({ starts: 0, declinedAt: null });

/** Before anything else: the browser says only once that it could, soon after the page was opened. */
export function listenForInstall(): void {
  kept.value = { ...read(), starts: read().starts + 1 };
  write(kept.value);
  installed.value = window.matchMedia("(display-mode: standalone)").matches;
  window.addEventListener("beforeinstallprompt", (event) => {
    // Its own bar would come at once; ours comes when there is a reason.
    event.preventDefault();
    prompt.value = event as InstallPrompt;
  });
  window.addEventListener("appinstalled", () => {
    prompt.value = null;
    installed.value = true;
  });
}

export interface Install {
  way: ComputedRef<InstallWay>;
  /** It can be installed, the person has talked here before, and has not said no lately. */
  fitting: ComputedRef<boolean>;
  /** Lets the browser ask. */
  ask(): Promise<void>;
  decline(): void;
}

export function useInstall(): Install {
  const conversations = useConversations();
  const way = computed<InstallWay>(() => {
    if (installed.value) return "installed";
    if (prompt.value) return "prompt";
    return isAppleTouch() ? "ios" : "menu";
  });

  return {
    way,
    fitting: computed(
      () =>
        (way.value === "prompt" || way.value === "ios") &&
        kept.value.starts >= FROM_START &&
        Date.now() - (kept.value.declinedAt ?? 0) > PEACE_MS &&
        conversations.list.some(({ last }) => last !== null),
    ),
    async ask() {
      const asking = prompt.value;
      // It can be used once.
      prompt.value = null;
      const answer = await asking?.prompt();
      if (answer?.outcome === "dismissed") decline();
    },
    decline,
  };
}

function decline(): void {
  kept.value = { ...kept.value, declinedAt: Date.now() };
  write(kept.value);
}

/** iPhones and iPads; the latter call themselves a Mac, but no Mac has a touch screen. */
function isAppleTouch(): boolean {
  const { userAgent, maxTouchPoints } = navigator;
  return (
    /\b(?:iPhone|iPad|iPod)\b/.test(userAgent) || (/\bMacintosh\b/.test(userAgent) && maxTouchPoints > 1)
  );
}

function read(): Kept {
  const [starts, declinedAt] = (localStorage.getItem(KEY) ?? "").split(" ").map(Number);
  return { starts: starts || 0, declinedAt: declinedAt || null };
}

function write({ starts, declinedAt }: Kept): void {
  localStorage.setItem(KEY, `${starts} ${declinedAt ?? 0}`);
}
