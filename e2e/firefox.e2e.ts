import { expect, test } from "./people.ts";

test("the main flows in Firefox: in by a code, to and fro with true ticks, a reload that loses nothing, and out", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.says("hello from a fox", { to: bob });
  await alice.seesTick("delivered", "hello from a fox");
  await bob.tab.seesUnread(1, { from: "Alice" });
  await bob.opensChatWith(alice);
  await bob.sees("hello from a fox");
  await alice.seesTick("read", "hello from a fox");
  await bob.types("and b", { to: alice });
  await alice.seesTyping();
  await bob.types("ack", { to: alice });
  await bob.tab.field.press("Enter");
  await alice.sees("and back");
  await alice.tab.reactsTo("and back", "👍");
  await expect(bob.tab.message("and back").getByRole("button", { name: "👍 from Alice" })).toBeVisible();

  await alice.types("half a tho", { to: bob });
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.tab.seesInOrder(["hello from a fox", "and back"]);
  await expect(alice.tab.field).toHaveValue("half a tho");
  await alice.tab.field.pressSequentially("ught");
  await alice.tab.field.press("Enter");
  await bob.tab.seesInOrder(["hello from a fox", "and back", "half a thought"]);
  await alice.seesTick("read", "half a thought");
  await alice.signsOut();
});
