import { expect, test } from "./people.ts";

const EIGHT_DAYS_MS = 8 * 24 * 60 * 60 * 1_000;

test("after a reload the conversation is as it was", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.says("remember this", { to: bob });
  await bob.opensChatWith(alice);
  await bob.says("I do", { to: alice });
  await alice.sees("I do");
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.sees("remember this");
  await alice.sees("I do");
});

test("the app opens without network and shows what was said", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("read me on the train", { to: bob });
  await alice.seesTick("sent", "read me on the train");
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.sees("read me on the train");
});

test("what was written without network is sent when it is back", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await alice.opensChatWith(bob);
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.says("written in a tunnel", { to: bob });
  await alice.seesTick("waiting", "written in a tunnel");
  await alice.comesBack();
  await bob.sees("written in a tunnel");
  await alice.seesTick("read", "written in a tunnel");
});

test("a device that stays without network forgets after seven days by itself, on the screen and on its disk", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.context.clock.install();
  await alice.signsIn();
  await alice.says("gone in a week", { to: bob });
  await alice.seesTick("sent", "gone in a week");
  await alice.isReadyForOffline();
  expect(await alice.tab.everythingKept()).toContain("gone in a week");

  await alice.goesOffline();
  await alice.context.clock.fastForward(EIGHT_DAYS_MS);
  await expect(alice.tab.message("gone in a week")).toHaveCount(0);
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await expect(alice.tab.message("gone in a week")).toHaveCount(0);
  const kept = await alice.tab.everythingKept();
  expect(kept).toContain("Bob");
  expect(kept).not.toContain("gone in a week");
});

test("a device that is opened again without network after eight days shows nothing of before, and keeps nothing", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("gone while away", { to: bob });
  await alice.seesTick("sent", "gone while away");
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.page.close();
  await alice.context.clock.install({ time: Date.now() });
  await alice.context.clock.fastForward(EIGHT_DAYS_MS);
  const tab = await alice.opensSecondTab();
  await tab.hasChatWith("Bob");
  await expect(tab.message("gone while away")).toHaveCount(0);
  expect(await tab.everythingKept()).not.toContain("gone while away");
});
