import { test } from "./people.ts";

test("two people write to one another, and each sees both", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.says("hello bob", { to: bob });
  await bob.opensChatWith(alice);
  await bob.sees("hello bob");
  await bob.says("hello alice", { to: alice });
  await alice.sees("hello alice");
  await alice.sees("hello bob");
});

test("a message is sent, then delivered, then read", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await alice.says("are you there?", { to: bob });
  await alice.seesTick("sent", "are you there?");
  await bob.signsIn();
  await alice.seesTick("delivered", "are you there?");
  await bob.tab.seesUnread(1, { from: "Alice" });
  await bob.opensChatWith(alice);
  await alice.seesTick("read", "are you there?");
});

test("who writes is seen typing, until the message is there", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.opensChatWith(bob);
  await bob.types("I think", { to: alice });
  await alice.seesTyping();
  await bob.says("I think so", { to: alice });
  await alice.sees("I think so");
  await alice.tab.seesNoTyping();
});

test("messages arrive in the order in which they were written", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  const words = ["one", "two", "three", "four", "five", "six", "seven", "eight"];
  for (const word of words) await alice.says(word, { to: bob });
  await bob.tab.seesInOrder(words);
});

test("a second tab shows what the first one sent", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  const second = await alice.opensSecondTab();
  await second.opensChatWith("Bob");
  await alice.says("from the first tab", { to: bob });
  await second.sees("from the first tab");
  await second.says("from the second tab", { to: "Bob" });
  await alice.sees("from the second tab");
  await alice.seesTick("sent", "from the second tab");
});

test("a click on a conversation counts also when a message comes in the middle of it", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.signsIn();
  await bob.signsIn();
  await bob.tab.conversationWith("Alice").hover();
  await bob.page.mouse.down();
  await alice.says("just now", { to: bob });
  await bob.tab.seesUnread(1, { from: "Alice" });
  await bob.page.mouse.up();
  await bob.sees("just now");
});
