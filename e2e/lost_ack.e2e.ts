import type { Page } from "@playwright/test";
import { CLOSE } from "#protocol/close_codes.ts";
import { expect, test } from "./people.ts";

test("a message whose ack got lost is sent again and shows once, on both sides", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.opens();
  const line = await loseFirstAck(alice.page);
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await alice.says("did this arrive?", { to: bob });
  await bob.sees("did this arrive?");
  await alice.seesTick("read", "did this arrive?");
  expect(line.sentCids.length).toBeGreaterThan(1);
  expect(new Set(line.sentCids).size).toBe(1);
  await alice.tab.seesOnce("did this arrive?");
  await bob.tab.seesOnce("did this arrive?");
  await bob.reloads();
  await bob.tab.hasChatWith("Alice");
  await bob.tab.seesOnce("did this arrive?");
});

/** The message commits, but the line breaks just before its ack comes through. */
async function loseFirstAck(page: Page): Promise<{ sentCids: string[] }> {
  const sentCids: string[] = [];
  let lost = false;
  await page.routeWebSocket("/ws", (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const frame = JSON.parse(String(data));
      if (frame.type === "message.send") sentCids.push(frame.cid);
      server.send(data);
    });
    server.onMessage((data) => {
      if (lost || JSON.parse(String(data)).type !== "ack") return socket.send(data);
      lost = true;
      void socket.close({ code: CLOSE.fault });
      void server.close();
    });
  });
  return { sentCids };
}
