import type { Room, Surroundings } from "../diagnosis/report.ts";
import { isTouchDevice } from "./touch.ts";

export function surroundings(): Surroundings {
  return {
    browser: navigator.userAgent,
    language: document.documentElement.lang,
    online: navigator.onLine,
    visible: document.visibilityState === "visible",
    offlineReady: (navigator.serviceWorker?.controller ?? null) !== null,
    installed: matchMedia("(display-mode: standalone)").matches,
    touch: isTouchDevice(),
    width: innerWidth,
    height: innerHeight,
  };
}

/** How much of the device this app uses, and may use. */
export async function measureRoom(): Promise<Room> {
  // Not there on a page without HTTPS.
  const storage: Partial<StorageManager> = navigator.storage ?? {};
  const { usage = null, quota = null } = (await storage.estimate?.()) ?? {};
  return { usedBytes: usage, quotaBytes: quota, persisted: (await storage.persisted?.()) ?? null };
}
