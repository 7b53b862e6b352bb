import type { Person } from "./person.ts";

interface Registration {
  registrationId: string;
  isDeleted: boolean;
}

/** Tells the person's service worker what the browser tells it when the network is back: a sync of this tag is due. */
export async function wakeWorker(person: Person, { tag }: { tag: string }): Promise<void> {
  // A page of the same origin that is not the app.
  const page = await person.context.newPage();
  await page.goto("/health/live");
  const browser = await person.context.newCDPSession(page);
  const found = Promise.withResolvers<Registration>();
  browser.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
    const registration = registrations.find(({ isDeleted }) => !isDeleted);
    if (registration) found.resolve(registration);
  });
  await browser.send("ServiceWorker.enable");
  const { registrationId } = await found.promise;
  const { origin } = person;
  await browser.send("ServiceWorker.dispatchSyncEvent", { origin, registrationId, tag, lastChance: false });
  await page.close();
}
