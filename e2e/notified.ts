/**
 * Notifications of a person's browser. Chromium's own push service is out of reach here, so the browser is lent a subscription
 * of the test's: what the product sends there is handed to the worker by the debugger, as Chromium would.
 */
import { expect, type Worker } from "@playwright/test";
import type { Person } from "./person.ts";

interface Subscription {
  endpoint: string;
  p256dh: string;
  auth: string;
}

interface Shown {
  title: string;
  body: string;
}

export interface Notified {
  /** In the settings. */
  turnsOn(): Promise<void>;
  showsWhoAndWhat(): Promise<void>;
  /** The page is hidden, as when another app is in front. */
  looksAway(): Promise<void>;
  looksAgain(): Promise<void>;
  /** The push arrives at the worker. */
  gets(payload: unknown): Promise<void>;
  shown(): Promise<Shown[]>;
  /** Clicks the newest notification. */
  clicks(): Promise<void>;
}

/** Before the app is opened. */
export async function lendPushHost(person: Person, subscription: Subscription): Promise<Notified> {
  const { context, origin } = person;
  await context.grantPermissions(["notifications"], { origin });
  await context.addInitScript(lendSubscription, subscription);

  async function worker(): Promise<Worker> {
    await person.isReadyForOffline();
    const [running] = context.serviceWorkers();
    return running ?? (await context.waitForEvent("serviceworker"));
  }

  async function openSettings(): Promise<void> {
    const { page } = person;
    await page.getByRole("button", { name: "Account menu" }).click();
    await page.getByRole("menuitem", { name: "Settings" }).click();
    await page.getByRole("link", { name: /^Notifications/ }).click();
  }

  async function show(hidden: boolean): Promise<void> {
    await person.page.evaluate((value) => {
      (window as unknown as { isHidden: boolean }).isHidden = value;
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  }

  async function shown(): Promise<Shown[]> {
    return (await worker()).evaluate(async () => {
      const scope = self as unknown as { registration: ServiceWorkerRegistration };
      return (await scope.registration.getNotifications()).map(({ title, body }) => ({ title, body }));
    });
  }

  return {
    shown,
    async turnsOn() {
      await openSettings();
      await person.page.getByRole("switch", { name: "Notifications on this device" }).click();
      await expect(person.page.getByRole("switch", { name: "Show who wrote what" })).toBeVisible();
    },
    async showsWhoAndWhat() {
      await openSettings();
      const preview = person.page.getByRole("switch", { name: "Show who wrote what" });
      const told = person.page.waitForResponse((response) => response.url().endsWith("/api/push"));
      await preview.click();
      await told;
      await expect(preview).toBeChecked();
    },
    looksAway: () => show(true),
    looksAgain: () => show(false),
    async gets(payload) {
      const showing = await worker().then(heedShowing);
      const debug = await context.newCDPSession(person.page);
      const registered = new Promise<string>((resolve) => {
        debug.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
          const own = registrations.find(({ scopeURL }) => scopeURL.startsWith(origin));
          if (own) resolve(own.registrationId);
        });
      });
      await debug.send("ServiceWorker.enable");
      await debug.send("ServiceWorker.deliverPushMessage", {
        origin,
        registrationId: await registered,
        data: JSON.stringify(payload),
      });
      await showing();
      await debug.detach();
    },
    async clicks() {
      await (
        await worker()
      ).evaluate(async () => {
        const scope = self as unknown as { registration: ServiceWorkerRegistration } & EventTarget;
        const [notification] = await scope.registration.getNotifications();
        const Click = (self as unknown as { NotificationEvent: typeof Event }).NotificationEvent;
        scope.dispatchEvent(new Click("notificationclick", { notification } as EventInit));
      });
    },
  };
}

/**
 * Returns what waits until the worker has shown the next one. To ask meanwhile which there are would make Chromium forget it.
 */
async function heedShowing(worker: Worker): Promise<() => Promise<void>> {
  await worker.evaluate(() => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; hasShown: Promise<void> };
    const { registration } = scope;
    scope.hasShown = new Promise((resolve, reject) => {
      registration.showNotification = (...said) => {
        Reflect.deleteProperty(registration, "showNotification");
        const shown = registration.showNotification(...said);
        shown.then(resolve, reject);
        return shown;
      };
    });
  });
  return () => worker.evaluate(() => (self as unknown as { hasShown: Promise<void> }).hasShown);
}

/** Runs in every page of the person's browser, before the app does. */
function lendSubscription({ endpoint, p256dh, auth }: Subscription): void {
  let held: PushSubscription | null = null;
  Object.assign(PushManager.prototype, {
    getSubscription: async () => held,
    async subscribe({ applicationServerKey }: PushSubscriptionOptionsInit) {
      const base64 = String(applicationServerKey).replaceAll("-", "+").replaceAll("_", "/");
      const key = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
      held = {
        endpoint,
        options: { applicationServerKey: key.buffer, userVisibleOnly: true },
        toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
        unsubscribe: async () => {
          held = null;
          return true;
        },
      } as unknown as PushSubscription;
      return held;
    },
  });
  const page = window as unknown as { isHidden?: boolean };
  Object.defineProperty(document, "visibilityState", {
    get: () => (page.isHidden ? "hidden" : "visible"),
  });
}
