/** Sends what waits in the outbox when the browser says that the network is back, whether a page is open or not. */
import { openDisk } from "../src/db/open.ts";
import { createApi } from "../src/net/api.ts";
import type { TabNews } from "../src/net/channel.ts";
import { flushOutbox } from "../src/net/flush.ts";
import { systemTime } from "../src/net/time.ts";
import { takeTurns } from "../src/net/turn.ts";

declare const self: ServiceWorkerGlobalScope;

/** What the page asks the browser for, by this name (composables/later.ts). */
const TAG = "parley.outbox";

/** Browsers that have it agree on the event; TypeScript's library does not know it. */
interface SyncEvent extends ExtendableEvent {
  tag: string;
}

export function isForOutbox(event: Event): event is SyncEvent {
  return "tag" in event && event.tag === TAG;
}

/** Rejects when something is left: the browser tries again later. */
export async function sendWaiting(): Promise<void> {
  const disk = openDisk({ name: "parley" });
  const channel = new BroadcastChannel("parley");
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a BroadcastChannel takes none
  const tell = (news: TabNews): void => channel.postMessage(news);
  try {
    await flushOutbox({
      disk,
      api: createApi({ origin: "", fetch: (url, request) => fetch(url, request), time: systemTime }),
      time: systemTime,
      exclusively: takeTurns({ locks: self.navigator.locks, time: systemTime }),
      sent: (applied) => tell({ type: "outbox.sent", applied }),
      changed: () => tell({ type: "outbox.changed" }),
    });
  } finally {
    channel.close();
    await disk.close();
  }
}
