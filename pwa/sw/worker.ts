/**
 * The service worker: the app opens without a network. It keeps the files of one build and answers navigations with the
 * app's shell; everything that carries people's words (`/api`, `/ws`) or belongs to the operator goes to the network
 * untouched, as if there were no worker. A new build waits until the page says so, so that no tab changes under a person.
 */
import type { PrecacheEntry } from "workbox-precaching";
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import type { ConversationId } from "#protocol/ids.ts";
import { open, renew, show, takeBack } from "./notifications.ts";
import { isForOutbox, sendWaiting } from "./outbox.ts";
import { receiveShared, SHARE_PATH } from "./share.ts";

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: PrecacheEntry[] };

/** What the page may say to the worker; `workbox-window` says this when the person accepts an update. */
interface SkipWaiting {
  type: "SKIP_WAITING";
}

/** What the page says when it knows which conversations have nothing unread any more. */
interface Read {
  type: "conversations.read";
  read: ConversationId[];
}

/** Paths that the server answers itself, never the shell. */
const SERVER_PATHS = [/^\/(?:api|ws|dev|health|metrics|openapi)(?:[/.]|$)/];

cleanupOutdatedCaches();
// oxlint-disable-next-line no-underscore-dangle -- the build looks for this very name to put its files in.
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(
  ({ url }) => url.pathname === SHARE_PATH,
  ({ request }) => receiveShared(request),
  "POST",
);
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: SERVER_PATHS }));

self.addEventListener("message", (event) => {
  if (isSaid<SkipWaiting>(event.data, "SKIP_WAITING")) event.waitUntil(self.skipWaiting());
  if (isSaid<Read>(event.data, "conversations.read")) event.waitUntil(takeBack(event.data.read));
});

// The first worker takes over the page that installed it: otherwise it works offline only after a reload.
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("sync", (event) => {
  if (isForOutbox(event)) event.waitUntil(sendWaiting());
});

self.addEventListener("push", (event) => event.waitUntil(show(event.data)));
self.addEventListener("notificationclick", (event) => event.waitUntil(open(event.notification)));
self.addEventListener("pushsubscriptionchange", (event) => event.waitUntil(renew(oldOf(event))));

/** Browsers agree on the event, TypeScript's library not yet on what it holds. */
function oldOf(event: ExtendableEvent): PushSubscription | null {
  return (event as ExtendableEvent & { oldSubscription?: PushSubscription | null }).oldSubscription ?? null;
}

function isSaid<Said extends { type: string }>(said: unknown, type: Said["type"]): said is Said {
  return typeof said === "object" && said !== null && "type" in said && said.type === type;
}
