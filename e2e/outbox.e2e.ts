import { expect, test } from "./people.ts";
import { wakeWorker } from "./worker.ts";

// Several pages at once, and a second sign-in that has to wait its half a minute.
test.slow();

test("what waits can be edited and removed; two tabs send the rest once, in order", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await bob.signsIn();
  await alice.signsIn();
  await alice.isReadyForOffline();
  const second = await alice.opensSecondTab();
  await second.opensChatWith("Bob");
  await alice.goesOffline();
  await alice.says("frist", { to: bob });
  await alice.seesTick("waiting", "frist");
  await expect(alice.page.getByText("You are offline.")).toBeVisible();
  await alice.tab.seesTo("Edit", "frist");
  // What is typed in one tab is typed in all.
  for (const tab of [alice.tab, second]) await expect(tab.field).toHaveValue("frist");
  await expect(alice.tab.message("frist")).toHaveCount(0);
  await alice.says("first", { to: bob });
  await expect(second.field).toHaveValue("");
  await second.says("second", { to: "Bob" });
  await alice.says("never", { to: bob });
  await alice.tab.seesTo("Remove", "never");
  await second.says("third", { to: "Bob" });
  for (const tab of [alice.tab, second]) await tab.seesInOrder(["first", "second", "third"]);

  await alice.comesBack();
  await bob.opensChatWith(alice);
  await bob.tab.seesInOrder(["first", "second", "third"]);
  for (const tab of [alice.tab, second]) {
    await tab.seesInOrder(["first", "second", "third"]);
    for (const text of ["first", "second", "third"]) await tab.seesTick("read", text);
  }
});

test("the worker sends what waits once the network is back, with no page open", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await bob.signsIn();
  await alice.signsIn();
  await alice.opensChatWith(bob);
  await alice.isReadyForOffline();
  await alice.goesOffline();
  for (const text of ["from a tunnel", "and another"]) await alice.says(text, { to: bob });
  await alice.seesTick("waiting", "and another");
  await alice.page.goto("about:blank");
  await alice.comesBack();
  await wakeWorker(alice, { tag: "parley.outbox" });
  await bob.opensChatWith(alice);
  await bob.tab.seesInOrder(["from a tunnel", "and another"]);
  await alice.opens();
  await alice.tab.hasChatWith("Bob");
  await alice.tab.seesInOrder(["from a tunnel", "and another"]);
});

test("signing out says what would be lost; revoked from afar, it is sealed for the same person", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.opensChatWith(bob);
  await alice.isReadyForOffline();
  await alice.goesOffline();
  await alice.says("not lost", { to: bob });
  await alice.types("half a tho", { to: bob });
  await alice.seesTick("waiting", "not lost");
  await alice.page.getByRole("button", { name: "Account menu" }).click();
  await alice.page.getByRole("menuitem", { name: "Sign out" }).click();
  const dialog = alice.page.getByRole("dialog", { name: "Sign out on this device?" });
  await expect(dialog).toContainText("1 unsent message and 1 draft would be lost");
  await dialog.getByRole("button", { name: "Cancel" }).click();

  // Her session ends while she is away.
  await alice.context.clearCookies();
  await alice.comesBack();
  await alice.tab.isSignedOut();
  await expect(alice.page.getByText("This device keeps 1 unsent message and 1 draft, sealed")).toBeVisible();
  await alice.signsInAgain();
  await alice.opensChatWith(bob);
  await alice.seesTick("held", "not lost");
  await expect(alice.page.getByRole("textbox", { name: "Message" })).toHaveValue("half a tho");
  await alice.page.getByRole("button", { name: "Send now" }).click();
  await alice.seesTick("sent", "not lost");
});
