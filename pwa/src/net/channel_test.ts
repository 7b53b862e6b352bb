import { expect, test } from "bun:test";
import type { TabNews } from "./channel.ts";
import { openChannel } from "./channel.ts";

test("a tab hears what another one says", async () => {
  const name = crypto.randomUUID();
  const { promise: heard, resolve: hear } = Promise.withResolvers<TabNews>();
  const one = openChannel(new BroadcastChannel(name), hear);
  const other = openChannel(new BroadcastChannel(name), () => {});
  other.say({ type: "outbox.changed" });
  expect(await heard).toEqual({ type: "outbox.changed" });
  one.close();
  other.close();
});

test("a tab that has let go may still say something: nobody hears it, and nothing breaks", () => {
  const channel = openChannel(new BroadcastChannel(crypto.randomUUID()), () => {});
  channel.close();
  expect(() => channel.say({ type: "outbox.changed" })).not.toThrow();
});
