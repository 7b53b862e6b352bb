import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import { Workbox } from "workbox-window";
import { useCalm } from "./calm.ts";

/** How often an open page asks for a new build, and at most. Coming back to the page asks too. */
const ASK_EVERY_MS = 60 * 60_000;
const ASK_PAUSE_MS = 10_000;
/** What is not kept within this time is not waited for: the server does not take this build any more. */
const KEEP_WITHIN_MS = 2_000;
/** For which build this page was reloaded without being asked: a newer one may not be there yet. */
const FORCED_FOR = "parley.forced-for";

type ScriptAddress = ConstructorParameters<typeof Workbox>[0];

export interface Update {
  /** A new build waits. */
  ready: Readonly<Ref<boolean>>;
  /** Asks whether there is a new build. */
  ask(): Promise<void>;
  /** Lets the new build take over and reloads the page into it. */
  accept(): Promise<void>;
  /** This build cannot go on: the new one takes over at the next pause, once. */
  force(): void;
}

/** `build`: this one. `keep` resolves once what the person has typed is on the device. */
interface UpdateEdges {
  build: string;
  keep: () => Promise<void>;
}

/**
 * The one registration of the service worker, in prompt mode: a new build waits until the person says so, here or in
 * another tab. Without service workers (or in development, where the worker does not exist) the app works all the same, only
 * not offline.
 */
export function useUpdate({ build, keep }: UpdateEdges): Update {
  const ready = ref(false);
  const whenCalm = useCalm();
  const workbox = "serviceWorker" in navigator ? new Workbox(workerAddress()) : null;
  let controlled = workbox !== null && navigator.serviceWorker.controller !== null;
  let accepted = false;
  /** Another tab has let the new build take over already. */
  let overtaken = false;
  let askedAt = 0;
  let askAgain: number | undefined;

  async function ask(): Promise<void> {
    const pauseMs = askedAt + ASK_PAUSE_MS - Date.now();
    if (pauseMs > 0) {
      // Not now, but not for nothing: there may be a new build since.
      askAgain ??= window.setTimeout(askLater, pauseMs);
      return;
    }
    if (document.visibilityState !== "visible") return;
    askedAt = Date.now();
    // A failed look means no network; the next look will do.
    await workbox?.update().catch(() => {});
  }

  function askLater(): void {
    askAgain = undefined;
    void ask();
  }

  async function reload(): Promise<void> {
    await Promise.race([keep(), new Promise((resolve) => setTimeout(resolve, KEEP_WITHIN_MS))]);
    location.reload();
  }

  async function accept(): Promise<void> {
    accepted = true;
    if (overtaken) return reload();
    if (ready.value) return workbox?.messageSkipWaiting();
    // The server asks for a newer build than the worker keeps: a plain reload would only bring the kept one back.
    const registration = await workbox?.update().then(
      () => navigator.serviceWorker.getRegistration(),
      () => undefined,
    );
    if (!registration?.installing && !registration?.waiting) await reload();
  }

  function force(): void {
    if (sessionStorage.getItem(FORCED_FOR) === build) return;
    sessionStorage.setItem(FORCED_FOR, build);
    whenCalm(() => void accept());
  }

  function tookOver(): void {
    // The very first worker also takes control; only a change from one build to another is worth a reload.
    if (controlled && (accepted || document.visibilityState === "hidden")) void reload();
    else if (controlled) overtaken = ready.value = true;
    controlled = true;
  }

  function looked(): void {
    if (overtaken && document.visibilityState === "hidden") void reload();
    else void ask();
  }

  workbox?.addEventListener("waiting", () => {
    ready.value = true;
    if (accepted) workbox.messageSkipWaiting();
  });
  workbox?.addEventListener("controlling", tookOver);
  // Where registration fails (a private window, no worker in development) the app works all the same, only not offline.
  workbox?.register().catch(() => {});

  const timer = setInterval(ask, ASK_EVERY_MS);
  document.addEventListener("visibilitychange", looked);
  window.addEventListener("online", ask);
  onScopeDispose(() => {
    clearInterval(timer);
    clearTimeout(askAgain);
    document.removeEventListener("visibilitychange", looked);
    window.removeEventListener("online", ask);
  });
  return { ready: readonly(ready), ask, accept, force };
}

/** The content security policy lets a script address be used only when a policy of this name vouches for it. */
function workerAddress(): ScriptAddress {
  const address = "/sw.js";
  const policy = window.trustedTypes?.createPolicy("parley-worker", { createScriptURL: () => address });
  return policy?.createScriptURL(address) ?? address;
}
