import { onScopeDispose, watch } from "vue";
import { useRouter } from "vue-router";
import type { ConversationId } from "#protocol/ids.ts";
import type { BrowserSubscription, PushBrowser } from "../net/push.ts";
import { PATHS } from "../paths.ts";
import { useConversations } from "../stores/conversations.ts";
import { useTab } from "../stores/tab.ts";

/** The browser's notifications; null where it has none, as iOS has none before the app is installed. */
export function pushBrowser(): PushBrowser | null {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return null;
  return {
    permission: () => Notification.permission,
    ask: () => Notification.requestPermission(),
    async subscription() {
      const held = await (await manager()).getSubscription();
      return held && told(held);
    },
    async subscribe(publicKey) {
      const options = { userVisibleOnly: true, applicationServerKey: publicKey };
      return told(await (await manager()).subscribe(options));
    },
    async unsubscribe() {
      await (await (await manager()).getSubscription())?.unsubscribe();
    },
  };
}

async function manager(): Promise<PushManager> {
  return (await navigator.serviceWorker.ready).pushManager;
}

function told(subscription: PushSubscription): BrowserSubscription {
  const { endpoint = "", keys: { p256dh = "", auth = "" } = {} } = subscription.toJSON();
  return { endpoint, p256dh, auth, publicKey: base64url(subscription.options.applicationServerKey) };
}

function base64url(bytes: ArrayBuffer | null): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes ?? []));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** What the worker says when a person opened a notification. */
interface Opened {
  type: "notification.opened";
  conversation: ConversationId;
}

/**
 * Opens the conversation of a notification that was clicked, level with the server; and takes back the notifications of
 * conversations that have nothing unread any more, wherever they were read. Call once.
 */
export function useNotifications(): void {
  if (!("serviceWorker" in navigator)) return;
  const tab = useTab();
  const router = useRouter();
  const conversations = useConversations();
  const gone = new AbortController();
  onScopeDispose(() => gone.abort());

  navigator.serviceWorker.addEventListener(
    "message",
    ({ data }) => {
      if (!isOpened(data)) return;
      // A notification may be here before the message is: asking where the inbox stands brings what is missing.
      tab.line()?.check();
      void router.push({ name: PATHS.chat, params: { id: data.conversation } });
    },
    { signal: gone.signal },
  );

  watch(
    () =>
      conversations.list
        .filter(({ unread }) => unread === 0)
        .map(({ id }) => id)
        .join(" "),
    (read) => void takeBack(read.split(" ")).catch(reportError),
    { immediate: true },
  );
}

/** The worker does it, who shows them too. */
async function takeBack(read: readonly string[]): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  registration?.active?.postMessage({ type: "conversations.read", read });
}

function isOpened(data: unknown): data is Opened {
  return typeof data === "object" && data !== null && "type" in data && data.type === "notification.opened";
}
