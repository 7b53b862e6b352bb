import type { Page } from "@playwright/test";
import { CLOSE } from "#protocol/close_codes.ts";
import type { Command, MessageSend, ServerFrame } from "#protocol/frames.ts";
import { expect, test } from "./people.ts";
import { sendRaw } from "./raw.ts";

test("a message whose ack got lost shows once, and so it stays when it is sent again", async ({ people }) => {
  const [alice, bob] = await people.pair();
  await alice.opens();
  const line = await loseFirstAck(alice.page);
  await alice.signsIn();
  await bob.signsIn();
  await bob.opensChatWith(alice);
  await alice.says("did this arrive?", { to: bob });
  await bob.sees("did this arrive?");
  await alice.seesTick("read", "did this arrive?");
  const [lost, ...repeats] = line.sends;
  if (lost === undefined) throw new Error("nothing was sent");
  for (const repeat of repeats) expect(repeat).toEqual(lost);

  // The app may learn from its inbox that the message is there, and not ask again; whoever does gets the same answer.
  expect(await sendRaw(alice.page, lost)).toMatchObject({
    type: "ack",
    cid: lost.cid,
    duplicate: true,
    seq: 1,
  });
  await bob.says("it did", { to: alice });
  await alice.sees("it did");
  for (const person of [alice, bob]) {
    await person.tab.seesInOrder(["did this arrive?", "it did"]);
    await person.reloads();
    await person.tab.seesInOrder(["did this arrive?", "it did"]);
  }
});

/** The first message commits, but the line breaks just before its ack comes through. */
async function loseFirstAck(page: Page): Promise<{ sends: MessageSend[] }> {
  const sends: MessageSend[] = [];
  let lost = false;
  await page.routeWebSocket("/ws", (socket) => {
    const server = socket.connectToServer();
    socket.onMessage((data) => {
      const frame: Command = JSON.parse(String(data));
      if (frame.type === "message.send") sends.push(frame);
      server.send(data);
    });
    server.onMessage((data) => {
      const frame: ServerFrame = JSON.parse(String(data));
      if (lost || frame.type !== "ack") return socket.send(data);
      lost = true;
      void socket.close({ code: CLOSE.fault });
      void server.close();
    });
  });
  return { sends };
}
