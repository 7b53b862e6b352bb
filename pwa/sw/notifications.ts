/**
 * Notifications. Every push shows one: browsers take the right away from who stays silent. One for each conversation: the next
 * replaces it. Only the worker shows them, so that a tab and the worker never both do.
 */
import type { PushPayload } from "#protocol/http.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { openDisk } from "../src/db/open.ts";
import { QUIET } from "../src/db/schema.ts";
import type { NotificationRow } from "../src/db/schema.ts";
import { oneByOne } from "../src/net/one_by_one.ts";
import { newMessages } from "./words.ts";

declare const self: ServiceWorkerGlobalScope;

const NAME = "Parley";
const ICON = "/icons/parley-192.png";
/** Buzz, pause, buzz; milliseconds. */
const VIBRATION = [120, 60, 120];

/** TypeScript's `NotificationOptions` are those of every browser; these are known to some. */
type Options = NotificationOptions & { renotify: boolean; timestamp: number; vibrate?: number[] };

interface Shown {
  title: string;
  options: Options;
}

/**
 * Chromium forgets a notification that is being shown while somebody asks which there are: it stays on the screen, a click
 * on it does nothing, and nothing takes it back. So only the worker asks, one thing after the other.
 */
const inTurn = oneByOne();

/** Shows what a push brought. */
export async function show(data: PushMessageData | null): Promise<void> {
  const payload = read(data);
  const choice = await readChoice();
  const { title, options } = notificationOf(payload, { choice, now: Date.now() });
  const showing = inTurn(() => self.registration.showNotification(title, options));
  await Promise.all([showing, badge(payload?.unread)]);
}

/** Takes back the notifications of conversations that have nothing unread any more. */
export async function takeBack(read: readonly ConversationId[]): Promise<void> {
  await inTurn(async () => {
    for (const shown of await self.registration.getNotifications())
      if (read.some((conversation) => conversation === shown.tag)) shown.close();
  });
}

export function notificationOf(
  payload: PushPayload | null,
  { choice, now }: { choice: Omit<NotificationRow, "only">; now: number },
): Shown {
  const { sound, vibrate, language } = choice;
  const count = payload?.count ?? 1;
  const words = newMessages(language, count);
  const text = payload?.text;
  return {
    title: payload?.name ?? NAME,
    options: {
      body: text === undefined ? words : count > 1 ? `${text}\n${words}` : text,
      tag: payload?.conversation ?? NAME,
      renotify: true,
      icon: ICON,
      lang: language,
      dir: "auto",
      timestamp: now,
      // A silent notification must not ask for vibration.
      ...(sound ? { vibrate: vibrate ? VIBRATION : [] } : { silent: true }),
      data: payload && { conversation: payload.conversation },
    },
  };
}

/** Brings the app to the front with that conversation, opening it if no page is there. */
export async function open(notification: Notification): Promise<void> {
  notification.close();
  const conversation = (notification.data as { conversation: ConversationId } | null)?.conversation;
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find(({ visibilityState }) => visibilityState === "visible") ?? pages[0];
  const path = conversation === undefined ? "/" : `/c/${conversation}`;
  if (page === undefined) return void (await self.clients.openWindow(path));
  if (conversation !== undefined) page.postMessage({ type: "notification.opened", conversation });
  await page.focus();
}

/** The push service has another address for this device: the server must know it, page or no page. */
export async function renew(old: PushSubscription | null): Promise<void> {
  const key = old?.options.applicationServerKey;
  const choice = await readChoice();
  if (!key || !choice.wanted) return;
  const made = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: key,
  });
  const { endpoint, keys } = made.toJSON();
  const body = { endpoint, p256dh: keys?.["p256dh"], auth: keys?.["auth"], preview: choice.preview };
  await fetch("/api/push", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** Null for what this server did not send in this form: it is shown all the same, as something new. */
function read(data: PushMessageData | null): PushPayload | null {
  try {
    return (data?.json() as PushPayload | undefined) ?? null;
  } catch {
    return null;
  }
}

/** A device whose storage cannot be read just now notifies as if nothing was chosen. */
async function readChoice(): Promise<Omit<NotificationRow, "only">> {
  const disk = openDisk({ name: "parley" });
  try {
    const row = await disk.read((tx) => tx.objectStore("meta").get("notifications"));
    return row?.only === "notifications" ? row : QUIET;
  } catch {
    return QUIET;
  } finally {
    await disk.close();
  }
}

async function badge(unread: number | undefined): Promise<void> {
  if (unread === undefined || !("setAppBadge" in self.navigator)) return;
  // A nicety: a browser that refuses shows the notification only.
  await self.navigator.setAppBadge(unread).catch(() => undefined);
}
