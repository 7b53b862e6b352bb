/** What the worker hears again (sw/outbox.ts). */
const TAG = "parley.outbox";

/** Browsers that have it agree on this; TypeScript's library does not know it. */
interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register(tag: string): Promise<void> };
}

/** Asks the browser to wake the worker once the network is back, where it can: the outbox is emptied with no page open. */
export async function sendLater(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration: SyncRegistration | undefined = await navigator.serviceWorker.getRegistration();
  // A browser may refuse, as in a private window: then the app sends when it is opened.
  await registration?.sync?.register(TAG).catch(() => undefined);
}
