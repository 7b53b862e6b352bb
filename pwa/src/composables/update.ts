import { onScopeDispose, readonly, ref } from "vue";
import type { Ref } from "vue";
import { Workbox } from "workbox-window";

/** How often an open page asks for a new build, at most. Coming back to the page asks too. */
const ASK_EVERY_MS = 60 * 60_000;
const ASK_PAUSE_MS = 60_000;

type ScriptAddress = ConstructorParameters<typeof Workbox>[0];

export interface Update {
  /** A new build waits. */
  ready: Readonly<Ref<boolean>>;
  /** Lets the new build take over and reloads the page into it. */
  accept(): Promise<void>;
}

/**
 * The one registration of the service worker, in prompt mode: a new build waits until the person says so. Without
 * service workers (or in development, where the worker does not exist) the app works all the same, only not offline.
 */
export function useUpdate(): Update {
  const ready = ref(false);
  const workbox = "serviceWorker" in navigator ? new Workbox(workerAddress()) : null;
  let controlled = workbox !== null && navigator.serviceWorker.controller !== null;
  let accepted = false;
  let askedAt = Date.now();

  async function ask(): Promise<void> {
    if (document.visibilityState !== "visible" || Date.now() - askedAt < ASK_PAUSE_MS) return;
    askedAt = Date.now();
    // A failed look means no network; the next look will do.
    await workbox?.update().catch(() => {});
  }

  async function accept(): Promise<void> {
    accepted = true;
    if (ready.value) return workbox?.messageSkipWaiting();
    // The server asks for a newer build than the worker keeps: a plain reload would only bring the kept one back.
    const registration = await workbox?.update().then(
      () => navigator.serviceWorker.getRegistration(),
      () => undefined,
    );
    if (!registration?.installing && !registration?.waiting) location.reload();
  }

  workbox?.addEventListener("waiting", () => {
    ready.value = true;
    if (accepted) workbox.messageSkipWaiting();
  });
  workbox?.addEventListener("controlling", () => {
    // The very first worker also takes control; only a change from one build to another is worth a reload.
    if (controlled) location.reload();
    controlled = true;
  });
  // Where registration fails (a private window, no worker in development) the app works all the same, only not offline.
  workbox?.register().catch(() => {});

  const timer = setInterval(ask, ASK_EVERY_MS);
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("online", ask);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", ask);
    window.removeEventListener("online", ask);
  });
  return { ready: readonly(ready), accept };
}

/** The content security policy lets a script address be used only when a policy of this name vouches for it. */
function workerAddress(): ScriptAddress {
  const address = "/sw.js";
  const policy = window.trustedTypes?.createPolicy("parley-worker", { createScriptURL: () => address });
  return policy?.createScriptURL(address) ?? address;
}
