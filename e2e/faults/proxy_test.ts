import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { startProxy } from "./proxy.ts";

const ROUNDS = 40;
const LINES = 20;
const DELAY_MS = 4;

/** Keeps the process busy past the moment when timers are due, as a rig with thirty clients does. */
function stall(ms: number): void {
  const untilAt = performance.now() + ms;
  while (performance.now() < untilAt);
}

test("what comes when a way is no longer slow does not overtake what is still on it", async () => {
  const accepted = Promise.withResolvers<Socket>();
  const service = createServer(accepted.resolve).listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as { port: number };
  const proxy = await startProxy(() => port);
  const client = connect({ host: "127.0.0.1", port: proxy.port });
  const served = await accepted.promise;
  served.setNoDelay(true);
  const [carried] = proxy.carried();
  if (!carried) throw new Error("the proxy carries nothing");

  let heard = "";
  let said = 0;
  const all = Promise.withResolvers<void>();
  client.on("data", (chunk) => {
    heard += String(chunk);
    if (heard.split("\n").length > ROUNDS * LINES) all.resolve();
  });
  for (let round = 0; round < ROUNDS; round++) {
    carried.delay("down", DELAY_MS);
    for (let line = 0; line < LINES; line++) {
      if (line === LINES / 2) {
        carried.delay("down", 0);
        stall(2 * DELAY_MS);
      }
      served.write(`${said++}\n`);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await all.promise;
  expect(heard.trimEnd().split("\n").map(Number)).toEqual(Array.from({ length: said }, (_, n) => n));
  client.destroy();
  await proxy.close();
  service.close();
});
