import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { PushAnswer } from "#protocol/http.ts";
import { connectClient } from "../testing/client.ts";
import { newCid } from "../testing/people.ts";
import { newPhone, post, signInAs, startStack } from "../testing/stack.ts";
import type { SignedInPerson, Stack, StackKind } from "../testing/stack.ts";
import { until } from "../testing/until.ts";

/** A message waits five seconds for somebody to attend to it. */
setDefaultTimeout(60_000);

describe.each<StackKind>(["embedded", "full"])("notifications of the %s stack", (kind) => {
  let stack: Stack;

  beforeAll(async () => {
    stack = await startStack(kind);
  });

  afterAll(() => stack.stop());

  async function push(person: SignedInPerson, method: string, body?: object): Promise<Response> {
    const headers: Record<string, string> = { cookie: person.cookie, origin: new URL(person.url).origin };
    if (body !== undefined) headers["content-type"] = "application/json";
    return fetch(`${person.url}/api/push`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  async function twoPeople() {
    const [one, other] = [newPhone(), newPhone()];
    const alice = await signInAs(stack, { name: "Alice", phone: one, url: stack.urls[0] });
    const bob = await signInAs(stack, { name: "Bob", phone: other, url: stack.urls[1] });
    await stack.admin("connect", "--phone", one, "--phone", other);
    return { alice, bob };
  }

  test("reach a device whose person does not look, and not one that does", async () => {
    const { alice, bob } = await twoPeople();
    const device = stack.pushHost.device();
    const asked = await push(bob, "PUT", { ...device.subscription, preview: true });
    expect(asked.status).toBe(200);
    const { publicKey, subscription } = (await asked.json()) as PushAnswer;
    expect(publicKey).toMatch(/^[\w-]{87}$/);
    expect(subscription).toEqual({ preview: true, lastAt: null, lastResult: null });

    const toBob = await connectClient(bob.url, { cookie: bob.cookie });
    toBob.hello();
    toBob.say({ type: "presence", state: "online" });
    await say(alice, bob, "you are looking");
    const seen = await toBob.next("event", (frame) => frame.kind === "message");
    toBob.say({ type: "message.received", cursor: seen.cursor });
    toBob.say({ type: "presence", state: "away" });
    await say(alice, bob, "you have looked away");
    const unseen = await toBob.next("event", (frame) => frame.kind === "message" && frame.seq === 2);
    toBob.say({ type: "message.received", cursor: unseen.cursor });

    await until(() => device.heard.length > 0);
    expect(device.heard).toEqual([
      {
        conversation: expect.any(String),
        seq: 2,
        count: 1,
        unread: 2,
        name: "Alice",
        text: "you have looked away",
      },
    ]);
    await until(async () => {
      const { subscription: told } = (await (await push(bob, "GET")).json()) as PushAnswer;
      return told?.lastResult === "sent";
    });
    toBob.close();
  });

  test("end with the person's wish, and with the session", async () => {
    const { alice, bob } = await twoPeople();
    const [ended, left] = [stack.pushHost.device(), stack.pushHost.device()];
    await push(bob, "PUT", { ...ended.subscription, preview: false });
    expect((await push(bob, "DELETE")).status).toBe(204);
    expect(await (await push(bob, "GET")).json()).toMatchObject({ subscription: null });

    await push(alice, "PUT", { ...left.subscription, preview: false });
    await fetch(`${alice.url}/api/auth/session`, {
      method: "DELETE",
      headers: { cookie: alice.cookie, origin: new URL(alice.url).origin },
    });
    expect((await push(alice, "GET")).status).toBe(401);
  });

  test("go to push services only", async () => {
    const { bob } = await twoPeople();
    const { subscription } = stack.pushHost.device();
    for (const endpoint of ["http://127.0.0.1:1/push", "https://example.org/push", "nonsense"]) {
      const answer = await push(bob, "PUT", { ...subscription, endpoint, preview: false });
      expect(answer.status).toBe(400);
    }
    const badKey = await push(bob, "PUT", { ...subscription, p256dh: "short", preview: false });
    expect(badKey.status).toBe(400);
  });

  async function say(from: SignedInPerson, to: SignedInPerson, text: string): Promise<void> {
    const url = `${from.url}/api/messages`;
    const answer = await post(url, { body: { cid: newCid(), to: to.id, text }, cookie: from.cookie });
    expect(answer.status).toBe(201);
  }
});
