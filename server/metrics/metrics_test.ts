import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readSamples } from "../status/exposition.ts";
import { connectClient } from "../testing/client.ts";
import type { WireClient } from "../testing/client.ts";
import { newCid } from "../testing/people.ts";
import { newPhone, post, signInAs, startStack } from "../testing/stack.ts";
import type { SignedInPerson, Stack, StackKind } from "../testing/stack.ts";
import { until } from "../testing/until.ts";

describe.each<StackKind>(["embedded", "full"])("what the %s stack measures", (kind) => {
  let stack: Stack;
  let alice: SignedInPerson;
  let bob: SignedInPerson;
  let toAlice: WireClient;
  let toBob: WireClient;

  beforeAll(async () => {
    stack = await startStack(kind);
    const [aPhone, bPhone] = [newPhone(), newPhone()];
    alice = await signInAs(stack, { name: "alice", phone: aPhone, url: stack.urls[0] });
    bob = await signInAs(stack, { name: "bob", phone: bPhone, url: stack.urls[1] });
    await stack.admin("connect", "--phone", aPhone, "--phone", bPhone);
    toAlice = await connected(alice);
    toBob = await connected(bob);
  }, 60_000);

  afterAll(() => stack.stop(), 30_000);

  test("who came in, by result", async () => {
    const before = await valueOf('parley_codes_total{result="rate_limited"}');
    const phone = newPhone();
    await signInAs(stack, { name: "carol", phone, url: stack.urls[0] });
    await post(`${stack.urls[0]}/api/auth/code`, { body: { phone } });
    await post(`${stack.urls[0]}/api/auth/session`, { body: { phone, code: "000000" } });
    expect(await valueOf('parley_codes_total{result="rate_limited"}')).toBe(before + 1);
    expect(await valueOf('parley_sign_ins_total{result="ok"}')).toBe(3);
    expect(await valueOf('parley_sign_ins_total{result="code_expired"}')).toBe(1);
    await until(async () => (await valueOf('parley_mails_total{result="sent"}')) === 3);
  });

  test("a message from its arrival to the sockets, on the way it took", async () => {
    const way = kind === "embedded" ? "local" : "bus";
    const deliveries = `parley_delivery_seconds_count{way="${way}"}`;
    const before = await valueOf(deliveries);
    const send = { type: "message.send", cid: newCid(), to: bob.id, text: "hello" } as const;
    toAlice.say(send);
    await toAlice.next("ack");
    await toBob.next("event", (frame) => frame.kind === "message");
    expect(await valueOf('parley_sends_total{result="stored"}')).toBe(1);
    expect(await valueOf("parley_commit_seconds_count")).toBe(1);
    expect(await valueOf('parley_delivery_seconds_count{way="local"}')).toBe(1);
    await until(async () => (await valueOf(deliveries)) > before);

    toAlice.say(send);
    await toAlice.next("ack");
    toAlice.say({ ...send, text: "other" });
    await toAlice.next("refused");
    expect(await valueOf('parley_sends_total{result="duplicate"}')).toBe(1);
    expect(await valueOf('parley_sends_total{result="refused"}')).toBe(1);
    expect(await valueOf('parley_refused_total{code="cid_conflict"}')).toBe(1);
    expect(await valueOf('parley_frames_received_total{kind="message.send"}')).toBe(3);
    expect(await valueOf('parley_frames_sent_total{kind="ack"}')).toBe(2);
    expect(await valueOf("parley_commit_seconds_count")).toBe(1);
    expect(await valueOf("parley_batch_changes_count")).toBeGreaterThanOrEqual(1);
    // What committing takes is less than a minute: a moment of another send would show.
    expect(await valueOf("parley_commit_seconds_sum")).toBeWithin(0, 60);
  });

  test("a hole that a live connection healed, and not the hello after a resync", async () => {
    const socket = await connectClient(bob.url, bob);
    socket.hello({ epoch: null });
    await socket.next("resync");
    socket.hello({ epoch: bob.epoch, cursor: 0 });
    await socket.next("event");
    expect(await valueOf("parley_gaps_healed_total")).toBe(0);
    socket.hello({ epoch: bob.epoch, cursor: 0 });
    await socket.next("event", (frame) => frame.cursor === 1);
    await until(async () => (await valueOf("parley_gaps_healed_total")) === 1);
    expect(await valueOf('parley_resyncs_total{reason="epoch"}')).toBe(1);
    socket.sayRaw("not json");
    await socket.closed;
    await until(async () => (await valueOf('parley_connections_closed_total{code="4503"}')) === 1);
    expect(await valueOf('parley_frames_received_total{kind="unreadable"}')).toBe(1);
  });

  test("presence, from what a device says to the notice", async () => {
    const changes = 'parley_presence_changes_total{state="away"}';
    const before = await valueOf(changes);
    const told = await valueOf('parley_presence_seconds_count{way="local"}');
    toAlice.say({ type: "presence", state: "away" });
    await toBob.next("presence", (frame) => frame.user === alice.id && frame.state === "away");
    expect(await valueOf(changes)).toBe(before + 1);
    expect(await valueOf('parley_presence_seconds_count{way="local"}')).toBeGreaterThan(told);
  });

  test("whoever is too fast", async () => {
    for (let n = 0; n < 45; n++)
      toBob.say({ type: "message.send", cid: newCid(), to: alice.id, text: "quick" });
    await toBob.next("refused", (frame) => frame.code === "rate_limited");
    await until(async () => (await valueOf('parley_throttled_total{what="send"}')) > 0);
    expect(await valueOf('parley_refused_total{code="rate_limited"}')).toBeGreaterThan(0);
  });

  test("how things stand: connections, the outbox, dependencies, and no id of anybody", async () => {
    expect(await valueOf("parley_connections")).toBe(2);
    await until(async () => (await valueOf("parley_outbox_rows")) === 0);
    expect(await valueOf("parley_oldest_row_age_seconds")).toBeWithin(0, 600);
    expect(await valueOf("parley_last_purge_age_seconds")).toBeWithin(0, 600);
    await until(async () => (await valueOf("parley_pool_wait_seconds_count")) > 0);
    expect(await valueOf('parley_dependency_up{dependency="postgres"}')).toBe(stack.apps.length);
    const text = (await Promise.all(stack.apps.map((app) => scrape(app.metricsUrl)))).join("\n");
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    expect(text).not.toMatch(/alice|bob|\+1202/);
  });

  test("nothing of it where people come in", async () => {
    const answer = await fetch(`${stack.urls[0]}/metrics`);
    expect(await answer.text()).not.toContain("parley_connections");
    const elsewhere = await fetch(new URL("/elsewhere", stack.apps[0]?.metricsUrl ?? ""));
    expect(elsewhere.status).toBe(404);
  });

  /** Sum of a series over the instances. */
  async function valueOf(series: string): Promise<number> {
    const texts = await Promise.all(stack.apps.map((app) => scrape(app.metricsUrl)));
    const [, name = "", label, value] = /^(\w+)(?:\{(\w+)="(.*)"\})?$/.exec(series) ?? [];
    return texts
      .flatMap(readSamples)
      .filter((sample) => sample.name === name && (label === undefined || sample.labels[label] === value))
      .reduce((sum, sample) => sum + sample.value, 0);
  }
});

async function scrape(url: string | null): Promise<string> {
  return await (await fetch(url ?? "")).text();
}

async function connected(person: SignedInPerson): Promise<WireClient> {
  const socket = await connectClient(person.url, person);
  socket.hello({ epoch: person.epoch });
  await socket.welcome;
  return socket;
}
