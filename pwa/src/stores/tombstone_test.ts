import { afterEach, beforeEach, expect, test } from "bun:test";
import type { Person } from "#protocol/frames.ts";
import { createLog } from "../testing/log.ts";
import type { Log } from "../testing/log.ts";
import { startServer } from "../testing/server.ts";
import type { TestServer } from "../testing/server.ts";
import { storesOf } from "../testing/stores.ts";
import { openTab } from "../testing/tab.ts";
import type { TestTab } from "../testing/tab.ts";
import { borrowTime } from "../testing/time.ts";
import type { BorrowedTime } from "../testing/time.ts";
import { useConversations } from "./conversations.ts";
import { usePeople } from "./people.ts";
import { useSession } from "./session.ts";

let log: Log;
let bob: Person;
let server: TestServer;
let tab: TestTab;
let time: BorrowedTime;

beforeEach(async () => {
  time = borrowTime();
  log = createLog({ now: time.now });
  ({ person: bob } = log.meet("Bob"));
  server = startServer(log);
  tab = openTab({ server, time });
  storesOf(tab);
  useConversations();
  await useSession().restore();
  await tab.live();
});

afterEach(async () => {
  await tab.close();
  await server.stop();
});

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
