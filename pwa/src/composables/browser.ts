import type { TabEdges } from "../net/tab.ts";
import { systemTime } from "../net/time.ts";
import { sendLater } from "./later.ts";
import { pushBrowser } from "./push.ts";

/** Everything of the browser that `createTab` needs. `build` is when this build was made, as an ISO time. */
export function browserEdges({ build }: { build: string }): TabEdges {
  const url = new URL("/ws", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return {
    build,
    url: url.href,
    origin: "",
    database: "parley",
    openSocket: (address) => new WebSocket(address),
    fetch: (address, request) => fetch(address, request),
    time: systemTime,
    random: () => Math.random(),
    locks: "locks" in navigator ? navigator.locks : null,
    channel: "BroadcastChannel" in window ? new BroadcastChannel("parley") : null,
    jottings: storage(),
    subtle: globalThis.crypto?.subtle ?? null,
    visible: () => document.visibilityState === "visible",
    persist: async () => navigator.storage?.persist?.(),
    later: sendLater,
    push: pushBrowser(),
    language: () => document.documentElement.lang,
    report: (error) => reportError(error),
  };
}

/** Where a person has forbidden it, even asking throws. */
function storage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}
