import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";

test("a person sees how fast their messages were and how the device is doing, and saves that without a word of anybody", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await alice.says("a secret for bob", { to: bob });
  await alice.seesTick("read", "a secret for bob");
  await bob.says("a secret for alice", { to: alice });
  await alice.sees("a secret for alice");
  await alice.types("half a secret", { to: bob });

  await opensDiagnosis(alice.page);
  await expect(alice.page.getByRole("region", { name: "Connection", exact: true })).toContainText(
    "Connected",
  );
  const speed = alice.page.getByRole("region", { name: "Your last messages" });
  for (const name of ["Until the server had it", "Until their device had it"]) {
    await expect(speed.getByRole("row", { name })).toContainText(/\d/);
  }
  const device = alice.page.getByRole("region", { name: "On this device" });
  await expect(device).toContainText(/Messages kept here\s*2/);

  const ids = [await alice.id(), await bob.id()];
  await alice.goesOffline();
  await expect(alice.page.getByRole("region", { name: "Connection", exact: true })).toContainText(
    "Not connected",
  );
  const file = await savesFile(alice.page);
  const report = JSON.parse(file);
  expect(report).toMatchObject({
    connection: { state: "waiting" },
    speed: { ack: { count: 1 }, delivery: { count: 1 } },
    holdings: { messages: 2, drafts: 1 },
  });
  const words = ["secret", ...namesOf(alice), ...namesOf(bob), new URL(alice.origin).host];
  const tokens = (await alice.context.cookies()).map(({ value }) => value);
  expect([...words, ...ids, ...tokens].filter((word) => file.includes(word))).toEqual([]);
  await alice.comesBack();
});

async function opensDiagnosis(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Account menu" }).click();
  await page.getByRole("menuitem", { name: "Settings" }).click();
  await page.getByRole("link", { name: "Connection and speed" }).click();
}

async function savesFile(page: Page): Promise<string> {
  const downloading = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save the file" }).click();
  return readFile(await (await downloading).path(), "utf8");
}

/** By what this person is known, and how they are reached. */
function namesOf({ name, phone, email }: Person): string[] {
  return [name, email, phone];
}
