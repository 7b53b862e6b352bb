import { afterEach, beforeEach, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import { connectClient } from "../testing/client.ts";
import type { WireClient } from "../testing/client.ts";
import { newPhone, signInAs, startStack } from "../testing/stack.ts";
import type { Stack } from "../testing/stack.ts";

/** A third of what they are given: the waves of closing must not have begun. */
const MOMENT_OF_THEIR_OWN_MS = 1_000;

let stack: Stack;
let client: WireClient;

beforeEach(async () => {
  stack = await startStack("embedded");
  const alice = await signInAs(stack, { name: "alice", phone: newPhone(), url: stack.urls[0] });
  client = await connectClient(alice.url, { ...alice, leaves: false });
  client.hello({ epoch: alice.epoch });
  await client.welcome;
}, 60_000);

afterEach(() => stack.stop(), 60_000);

test("a draining instance lets people leave at moments of their own, and ends when the last one has", async () => {
  const stopping = stack.apps[0]?.stop();
  const { withinMs } = await client.next("bye");
  expect(withinMs).toBeGreaterThan(2 * MOMENT_OF_THEIR_OWN_MS);
  const closed = client.closed.then(() => "closed by the server");
  expect(await Promise.race([closed, Bun.sleep(MOMENT_OF_THEIR_OWN_MS).then(() => "open")])).toBe("open");
  client.close();
  await stopping;
});

test("who does not leave is closed with a code that means come back", async () => {
  const stopping = stack.apps[0]?.stop();
  await client.next("bye");
  expect(await client.closed).toEqual({ code: CLOSE.draining, reason: "this instance stops" });
  await stopping;
});
