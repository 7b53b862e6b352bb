import { afterEach, beforeEach, expect, test } from "bun:test";
import { setAppScene } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";
import { useConversations } from "./conversations.ts";
import { usePeople } from "./people.ts";

let { time, log, bob, server, live, close } = {} as Scene;
let tab: TestTab;

beforeEach(async () => {
  ({ time, log, bob, server, live, close } = setAppScene());
  tab = await live();
});

afterEach(() => close());

function deleteBob(): void {
  log.settle(bob.id, { standing: "deleted", name: "", alias: null });
  server.deliver();
}

test("of somebody who deleted their account the messages stay, without their name, and they are in no list of people", async () => {
  log.hear(bob.id, "the last word");
  server.deliver();
  server.say({ type: "presence", user: bob.id, state: "online", until: time.now() + 300_000 });
  await tab.until(() => useConversations().list[0]?.presence.state === "online");
  await tab.until(() => useConversations().list[0]?.last !== null);
  deleteBob();
  await tab.until(() => useConversations().list[0]?.standing === "deleted");
  expect(useConversations().list).toMatchObject([
    {
      name: "Deleted account",
      with: { name: "" },
      last: { text: "the last word" },
      presence: { state: "unknown" },
      typing: false,
    },
  ]);
  expect(usePeople().list).toEqual([]);
});

test("without a message there is nothing to keep of them", async () => {
  deleteBob();
  await tab.until(() => useConversations().list.length === 0);
  expect(useConversations().loaded).toBe(true);
});
