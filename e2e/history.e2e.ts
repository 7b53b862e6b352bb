import { test } from "./people.ts";

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
