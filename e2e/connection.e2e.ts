import { createServer, type Server } from "node:http";
import { lendLine } from "./deaf_line.ts";
import { expect, test } from "./people.ts";

const SLEPT_MS = 10 * 60_000;
const BACK_WITHIN_MS = 60_000;

test("a line that died unheard is noticed when the device wakes, and when it changes networks", async ({
  people,
}) => {
  const [alice, bob] = await people.pair();
  await alice.context.clock.install();
  const line = await lendLine(alice);
  await alice.signsIn();
  await alice.opensChatWith(bob);
  await bob.signsIn();
  await bob.says("before", { to: alice });
  await alice.sees("before");

  line.goesDeaf();
  await bob.says("while you slept", { to: alice });
  await alice.context.clock.fastForward(SLEPT_MS);
  await alice.sees("while you slept");
  // The clock of a device that slept long, or wrongly, is not what messages are ordered by.
  await alice.says("good morning", { to: bob });
  await bob.sees("good morning");
  await alice.tab.seesInOrder(["before", "while you slept", "good morning"]);

  line.goesDeaf();
  await bob.says("on the way", { to: alice });
  // What the browser tells when it moves to another network: no debugger can have it do that.
  await alice.page.evaluate(() => {
    (navigator as Navigator & { connection: EventTarget }).connection.dispatchEvent(new Event("change"));
  });
  await alice.sees("on the way");
});

test("a server that goes, a hotel's page in its place, and the server again: nothing ends and nothing is lost", async ({
  own,
  guests,
}) => {
  test.slow();
  const [alice, bob] = await guests.pair();
  await alice.signsIn();
  await bob.signsIn();
  await alice.opensChatWith(bob);
  await bob.opensChatWith(alice);
  await alice.isReadyForOffline();

  await own.stop();
  await alice.says("into the void", { to: bob });
  await alice.seesTick("waiting", "into the void");
  const banner = alice.page.getByRole("status", { name: "Connection", exact: true });
  await expect(banner).toContainText("The server cannot be reached.");

  const hotel = await openHotel(Number(new URL(alice.origin).port));
  await banner.getByRole("button", { name: "Try now" }).click();
  await expect(banner).toContainText("The server cannot be reached.");
  await alice.reloads();
  await alice.tab.hasChatWith("Bob");
  await alice.seesTick("waiting", "into the void");
  hotel.closeAllConnections();
  await new Promise((resolve) => hotel.close(resolve));

  await own.start();
  // Both come back by themselves, after a wait that has grown meanwhile.
  await expect(bob.tab.message("into the void")).toBeVisible({ timeout: BACK_WITHIN_MS });
  await alice.seesTick("read", "into the void");
  await expect(banner).toHaveText("");
});

/** A network that wants to be paid first answers everything with a page of its own. */
async function openHotel(port: number): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/html", connection: "close" });
    response.end("<!doctype html><title>Grand Hotel</title><h1>Please accept our terms</h1>");
  });
  await new Promise<void>((resolve) => server.listen(port, "localhost", resolve));
  return server;
}
