import { expect, test } from "./people.ts";
import type { Person } from "./person.ts";
import type { Tab } from "./tab.ts";

test("a reply shows what it answers, leads there, and loses the words when they are deleted", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  await alice.says("Shall we meet at four?", { to: bob });
  // Else the chat would open at what is new to him.
  await alice.seesTick("read", "Shall we meet at four?");
  await bob.writesMany(numbered("something else"), { to: alice });
  await bob.sees("something else 30");
  await bob.page.getByRole("log").press("Home");
  await bob.tab.does("Reply", "Shall we meet at four?");
  await expect(bob.page.getByRole("group", { name: "Reply to Alice" })).toContainText(
    "Shall we meet at four?",
  );
  await bob.says("Four is fine", { to: alice });
  await alice.sees("Four is fine");
  const quote = alice.tab.message("Four is fine").getByRole("button", { name: /^Go to the message of You/ });
  await expect(quote).toContainText("Shall we meet at four?");
  await expect(alice.tab.message("Shall we meet at four?")).not.toBeInViewport();
  await quote.click();
  await expect(alice.tab.message("Shall we meet at four?")).toBeInViewport();
  await expect(alice.tab.message("Shall we meet at four?")).toBeFocused();

  await alice.tab.deletes("Shall we meet at four?", "Delete for me and Bob");
  await expect(alice.tab.messages).toContainText("You deleted this message");
  await alice.page.getByRole("button", { name: "Go to the newest message" }).click();
  for (const tab of [alice.tab, bob.tab]) {
    await expect(tab.message("Four is fine")).toContainText("This message is no longer here");
  }
  await bob.reloads();
  await bob.tab.hasChatWith("Alice");
  await expect(bob.tab.message("Four is fine")).toContainText("This message is no longer here");
  await expect.poll(() => bob.tab.everythingKept()).not.toContain("Shall we meet");
});

test("an edit outlives its tab, is seen by both, and the first wording is nowhere", async ({ people }) => {
  const [alice, bob] = await talking(await people.pair());
  await alice.says("Let us meat at five", { to: bob });
  await bob.sees("Let us meat at five");
  await alice.seesTick("read", "Let us meat at five");
  await alice.tab.field.fill("half a thought");
  await alice.tab.does("Edit", "Let us meat at five");
  await expect(alice.tab.field).toHaveValue("Let us meat at five");
  await alice.tab.field.fill("Let us meet at");
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await expect(alice.page.getByRole("group", { name: "Edit message" })).toContainText("Let us meat at five");
  await expect(alice.tab.field).toHaveValue("Let us meet at");
  await alice.tab.field.pressSequentially(" five");
  await alice.page.getByRole("button", { name: "Save" }).click();
  for (const person of [alice, bob]) {
    await person.sees("Let us meet at five");
    await expect(person.tab.message("Let us meet at five")).toContainText("edited");
    await expect(person.tab.message("Let us meat at five")).toHaveCount(0);
    await expect.poll(() => person.tab.everythingKept()).not.toContain("meat");
  }
  await expect(alice.tab.field).toHaveValue("half a thought");
  await bob.tab.message("Let us meet at five").getByText("Let us meet at five").click({ button: "right" });
  await expect(bob.page.getByRole("menuitem", { name: "Reply" })).toBeVisible();
  await expect(bob.page.getByRole("menuitem", { name: "Edit" })).toHaveCount(0);
});

test("each has one reaction to a message, and what is deleted for oneself is gone for nobody else", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  const second = await bob.opensSecondTab();
  await second.hasChatWith("Alice");
  await alice.says("Look at this", { to: bob });
  await bob.tab.reactsTo("Look at this", "👍");
  await seesReactions(alice, "Look at this", ["👍 from Bob"]);
  await bob.tab.reactsTo("Look at this", "❤️");
  await alice.tab.reactsTo("Look at this", "😂");
  for (const person of [alice, bob]) {
    const [mine, theirs] =
      person === alice ? ["😂 from you", "❤️ from Bob"] : ["❤️ from you", "😂 from Alice"];
    await seesReactions(person, "Look at this", person === alice ? [mine, theirs] : [theirs, mine]);
  }
  await bob.tab.message("Look at this").getByRole("button", { name: "❤️ from you" }).click();
  await seesReactions(alice, "Look at this", ["😂 from you"]);

  await bob.tab.deletes("Look at this", "Delete for me");
  for (const tab of [bob.tab, second]) await expect(tab.message("Look at this")).toHaveCount(0);
  await expect.poll(() => bob.tab.everythingKept()).not.toContain("Look at this");
  await alice.sees("Look at this");
});

test("what is done without network shows at once, survives a restart and is done when it is back", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  await alice.says("first", { to: bob });
  await bob.says("second", { to: alice });
  await alice.sees("second");
  await alice.seesTick("read", "first");
  await alice.isReadyForOffline();
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.goesOffline();
  await alice.tab.reactsTo("second", "🙏");
  await alice.tab.does("Edit", "first");
  await alice.tab.field.fill("first, corrected");
  await alice.tab.field.press("Enter");
  await alice.sees("first, corrected");
  await seesReactions(alice, "second", ["🙏 from you"]);
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.sees("first, corrected");
  await expect(alice.tab.message("first, corrected")).toContainText("This change waits to be sent.");
  await bob.sees("first");
  await alice.comesBack();
  await bob.sees("first, corrected");
  await seesReactions(bob, "second", ["🙏 from Alice"]);
  await expect(alice.tab.message("first, corrected")).not.toContainText("waits to be sent");
});

test("a text is copied, and forwarded to another contact; details say when it arrived", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  const carol = await people.join("Carol");
  await people.befriend(alice, carol);
  await carol.signsIn();
  await alice.context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await bob.says("The code for the door is green", { to: alice });
  await alice.tab.does("Copy", "The code for the door is green");
  await expect(alice.page.getByRole("status").getByText("Copied")).toBeVisible();
  expect(await alice.page.evaluate(() => navigator.clipboard.readText())).toBe(
    "The code for the door is green",
  );
  await alice.tab.does("Forward", "The code for the door is green");
  await alice.page.getByRole("dialog").getByRole("button", { name: "Carol" }).click();
  await alice.seesTick("delivered", "The code for the door is green");
  await carol.opensChatWith(alice);
  await carol.sees("The code for the door is green");
  await alice.seesTick("read", "The code for the door is green");
  await alice.tab.message("The code for the door is green").getByRole("time").locator("..").click();
  const details = alice.page.getByRole("dialog", { name: "Message details" });
  for (const row of ["Sent", "Delivered", "Read"]) {
    await expect(details.getByText(row, { exact: true }).locator("..")).toContainText("Today");
  }
  await expect(details.getByText("Disappears").locator("..")).not.toContainText("Today");
});

test("from the keyboard alone: to a message, its menu, an answer, and back to the last own one", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  await bob.says("above", { to: alice });
  await alice.says("in between", { to: bob });
  await bob.says("below", { to: alice });
  await alice.sees("below");
  const { page } = alice;
  await page.getByRole("log").focus();
  for (const text of ["below", "in between", "above"]) {
    await page.keyboard.press("ArrowUp");
    await expect(alice.tab.message(text)).toBeFocused();
  }
  await page.keyboard.press("Shift+F10");
  await expect(page.getByRole("menuitemradio", { name: "React with 👍" })).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(alice.tab.message("above")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("menuitemradio", { name: "React with 👍" })).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Reply" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(alice.tab.field).toBeFocused();
  await page.keyboard.type("by keys");
  await page.keyboard.press("Enter");
  await bob.sees("by keys");
  await expect(bob.tab.message("by keys")).toContainText("above");
  await alice.seesTick("read", "by keys");
  await page.keyboard.press("ArrowUp");
  await expect(alice.tab.field).toHaveValue("by keys");
  await page.keyboard.press("Escape");
  await expect(alice.tab.field).toHaveValue("");
});

test("a finger that stays opens what can be done with a message", async ({ people }) => {
  const alice = await people.join("Alice", { phone: true });
  const bob = await people.join("Bob");
  await people.befriend(alice, bob);
  await talking([alice, bob]);
  await bob.says("hold on", { to: alice });
  await alice.sees("hold on");
  await holdsFinger(alice.tab, "hold on");
  await alice.page.getByRole("menuitemradio", { name: "React with 🙏" }).tap();
  await seesReactions(bob, "hold on", ["🙏 from Alice"]);
  await holdsFinger(alice.tab, "hold on");
  await alice.page.getByRole("menuitem", { name: "Reply" }).tap();
  await alice.says("holding", { to: bob });
  await bob.sees("holding");
  await expect(bob.tab.message("holding")).toContainText("hold on");
});

test("what came meanwhile is counted, and what was jumped over is one press away", async ({ people }) => {
  const [alice, bob] = await talking(await people.pair());
  await bob.writesMany(numbered("old"), { to: alice });
  await alice.sees("old 30");
  await alice.page.getByRole("log").press("Home");
  await expect(alice.tab.message("old 1")).toBeInViewport();
  await bob.writesMany(numbered("new"), { to: alice });
  const pill = alice.page.getByRole("button", { name: "30 new messages" });
  await pill.click();
  await expect(alice.tab.message("new 30")).toBeInViewport();
  await expect(alice.tab.message("new 1")).not.toBeInViewport();
  await alice.page.getByRole("button", { name: /unread messages$/ }).click();
  await expect(alice.tab.message("new 1")).toBeInViewport();
  await expect(alice.page.getByRole("button", { name: /unread messages$/ })).toHaveCount(0);
});

test("an emoji is found by its name, stands large when alone, and a draft with its answer is kept for each chat", async ({
  people,
}) => {
  const [alice, bob] = await talking(await people.pair());
  const carol = await people.join("Carol");
  await people.befriend(alice, carol);
  await alice.page.getByRole("button", { name: "Emoji" }).click();
  await alice.page.getByRole("searchbox", { name: "Find an emoji" }).fill("party pop");
  await alice.page.getByRole("button", { name: "party popper" }).click();
  await expect(alice.tab.field).toHaveValue("🎉");
  await alice.tab.field.press("Enter");
  await bob.sees("🎉");
  const size = (text: string) =>
    bob.tab
      .message(text)
      .getByText(text)
      .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  await bob.says("not alone 🎉", { to: alice });
  expect(await size("🎉")).toBeGreaterThan(2 * (await size("not alone 🎉")));

  await alice.tab.does("Reply", "not alone 🎉");
  await alice.tab.field.fill("for bob");
  await alice.tab.opensChatWith("Carol");
  await expect(alice.tab.field).toHaveValue("");
  await alice.tab.field.fill("for carol");
  await alice.reloads();
  await alice.tab.hasChatWith("Carol");
  await expect(alice.tab.field).toHaveValue("for carol");
  await alice.tab.opensChatWith("Bob");
  await expect(alice.tab.field).toHaveValue("for bob");
  await expect(alice.page.getByRole("group", { name: "Reply to Bob" })).toContainText("not alone 🎉");
});

/** Both are signed in and have their chat open. */
async function talking([one, other]: [Person, Person]): Promise<[Person, Person]> {
  await one.signsIn();
  await other.signsIn();
  await one.opensChatWith(other);
  await other.opensChatWith(one);
  return [one, other];
}

async function seesReactions(person: Person, text: string, reactions: string[]): Promise<void> {
  const chips = person.tab.message(text).getByRole("button", { name: / from / });
  await expect(chips).toHaveCount(reactions.length);
  for (const name of reactions)
    await expect(chips.and(person.page.getByLabel(name, { exact: true }))).toBeVisible();
}

/** As a finger does, and no mouse: down, and up again when the menu is there. */
async function holdsFinger({ page }: Tab, text: string): Promise<void> {
  const words = page.getByRole("log").getByText(text, { exact: true }).last();
  // The menu of the last time has gone, and the message stands still where it is.
  await words.tap({ trial: true });
  const box = await words.boundingBox();
  if (box === null) throw new Error(`"${text}" is not on the screen`);
  const finger = await page.context().newCDPSession(page);
  const touchPoints = [{ x: box.x + box.width / 2, y: box.y + box.height / 2 }];
  await finger.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints });
  await expect(page.getByRole("menu")).toBeVisible();
  await finger.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
}

function numbered(word: string): string[] {
  return Array.from({ length: 30 }, (_, index) => `${word} ${index + 1}`);
}
