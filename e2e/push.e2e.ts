import { startPushHost } from "../server/testing/push_host.ts";
import { lendPushHost } from "./notified.ts";
import { expect, test } from "./people.ts";
import { currentStack } from "./stack/stack.ts";

test(
  "who does not look is told of a message, not what it says; a click opens it, reading takes it back",
  { tag: "@whole" },
  async ({ people }) => {
    const [alice, bob] = await people.pair();
    const service = startPushHost(currentStack().push);
    const device = service.device();
    try {
      const bobs = await lendPushHost(bob, device.subscription);
      await bob.signsIn();
      await bobs.turnsOn();
      await bobs.looksAway();
      await alice.signsIn();
      await alice.says("are you coming?", { to: bob });

      await expect.poll(() => device.heard.length, { timeout: 20_000 }).toBe(1);
      await bobs.gets(device.heard[0]);
      expect(await bobs.shown()).toEqual([{ title: "Parley", body: "New message" }]);
      await bobs.clicks();
      await bobs.looksAgain();
      await bob.sees("are you coming?");
      await expect.poll(() => bobs.shown()).toEqual([]);
      await alice.seesTick("read", "are you coming?");

      await bobs.showsWhoAndWhat();
      await bobs.looksAway();
      await alice.says("hello?", { to: bob });
      await expect.poll(() => device.heard.length, { timeout: 20_000 }).toBe(2);
      await bobs.gets(device.heard[1]);
      expect(await bobs.shown()).toEqual([{ title: "Alice", body: "hello?" }]);
    } finally {
      await service.close();
    }
  },
);
