import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import type { PushPayload } from "#protocol/http.ts";
import type { ConversationId, SessionId, UserId } from "#protocol/ids.ts";
import { createMemoryHub } from "../bus/memory.ts";
import type { BusRecord } from "../bus/bus.ts";
import { createWriter } from "../messages/writer.ts";
import type { Writer } from "../messages/writer.ts";
import { makePair, newCid } from "../testing/people.ts";
import { startPushHost } from "../testing/push_host.ts";
import type { PushHost } from "../testing/push_host.ts";
import { quietLog } from "../testing/quiet.ts";
import { testDatabase } from "../testing/services.ts";
import type { TestDatabase } from "../testing/services.ts";
import { until } from "../testing/until.ts";
import { createNotifier } from "./notifier.ts";
import { countUnread, selectSubscription, upsertSubscription } from "./queries.ts";
import { createSendPush } from "./send.ts";
import { loadOrMakeVapidKey, vapidOf } from "./vapid.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const SETTLED_MS = 5_000;

let database: TestDatabase;
let service: PushHost;
let folder: string;
let privateKey: string;
/** Ahead of the bus's clock: what comes over it is due at once. */
let now = Date.now() + 60 * 60 * 1_000;

beforeAll(async () => {
  database = await testDatabase({ partitionsAt: [now] });
  service = startPushHost();
  folder = await mkdtemp(join(tmpdir(), "parley-push-"));
  privateKey = await loadOrMakeVapidKey(folder);
});

afterAll(async () => {
  await service.close();
  await database.close();
  await rm(folder, { recursive: true });
});

beforeEach(() => service.answerWith(201));

/** Alice, who writes, and Bob, who has a device that wants notifications. */
async function setUp({ preview = false } = {}) {
  const { alice, bob, conversation } = await makePair(database.db);
  const device = service.device();
  const session = crypto.randomUUID() as SessionId;
  const records: BusRecord[] = [];
  const writer = createWriter({
    db: database.db,
    clock: () => now,
    log: quietLog,
    instance: "a test",
    committed: (appended) => void records.push(...appended.records),
  });
  await upsertSubscription(database.db, { session, user: bob, ...device.subscription, preview }, now);
  const open = new Set([session]);
  const results: string[] = [];
  const notifier = createNotifier({
    db: database.db,
    clock: () => now,
    log: quietLog,
    send: createSendPush(vapidOf(privateKey, "mailto:host@example.org")),
    isOpen: async (id) => open.has(id),
    pushed: (result) => void results.push(result),
  });
  return { alice, bob, conversation, device, session, open, results, records, writer, notifier };
}

type Scene = Awaited<ReturnType<typeof setUp>>;

async function say(
  { writer }: { writer: Writer },
  message: { from: UserId; to: UserId; text: string },
): Promise<number> {
  const { from: user, to, text } = message;
  const outcome = await writer.write({ kind: "send", user, cid: newCid(), to, text });
  if (outcome.is !== "sent") throw new Error("the message was refused");
  return outcome.answer.cursor;
}

async function lookLater({ notifier, bob }: Pick<Scene, "notifier" | "bob">) {
  now += SETTLED_MS;
  return notifier.look(bob);
}

function about(conversation: ConversationId, part: Partial<PushPayload>): PushPayload {
  return { conversation, seq: 1, count: 1, unread: 1, ...part };
}

describe("a message that nobody attended to", () => {
  test("is told to the device, without who and what, unless its person wants them shown", async () => {
    const scene = await setUp();
    const { alice, bob, conversation, device } = scene;
    await say(scene, { from: alice, to: bob, text: "at eight?" });
    await lookLater(scene);
    expect(device.heard).toEqual([about(conversation, {})]);

    const shown = await setUp({ preview: true });
    await say(shown, { from: shown.alice, to: shown.bob, text: "x".repeat(4_000) });
    await lookLater(shown);
    const [payload] = shown.device.heard;
    expect(payload?.name).toStartWith("User ");
    expect(payload?.text?.length).toBeWithin(100, 301);
  });

  test("is told once, and those of one conversation together", async () => {
    const scene = await setUp({ preview: true });
    const { alice, bob, conversation, device } = scene;
    for (const text of ["one", "two", "three"]) await say(scene, { from: alice, to: bob, text });
    await lookLater(scene);
    await lookLater(scene);
    expect(device.heard).toHaveLength(1);
    expect(device.heard[0]).toMatchObject({ conversation, seq: 3, count: 3, unread: 3, text: "three" });
  });

  test("waits five seconds to be attended to, and the look says when the next is due", async () => {
    const scene = await setUp();
    const { alice, bob, device } = scene;
    await say(scene, { from: alice, to: bob, text: "soon" });
    expect(await scene.notifier.look(bob)).toBe(now + SETTLED_MS);
    expect(device.heard).toEqual([]);
    expect(await lookLater(scene)).toBeNull();
    expect(device.heard).toHaveLength(1);
  });

  test("goes to the push service under this server's name, encrypted, and replaces the one before it", async () => {
    const scene = await setUp({ preview: true });
    await say(scene, { from: scene.alice, to: scene.bob, text: "secret words" });
    const before = service.pushes.length;
    await lookLater(scene);
    const headers = service.pushes[before];
    expect(headers?.get("authorization")).toStartWith("vapid t=");
    expect(headers?.get("content-encoding")).toBe("aes128gcm");
    expect(Number(headers?.get("ttl"))).toBeWithin(60, 7 * 24 * 60 * 60);
    expect(headers?.get("topic")).toMatch(/^[\w-]{32}$/);
    expect(headers?.get("topic")).not.toContain(scene.conversation);
  });
});

describe("nobody is notified", () => {
  test("of what a visible device has, or of what was read", async () => {
    const scene = await setUp();
    const { alice, bob, conversation, device, writer } = scene;
    await say(scene, { from: alice, to: bob, text: "seen on the other screen" });
    await writer.write({ kind: "received", user: bob, cursor: 1, attended: true });
    await say(scene, { from: alice, to: bob, text: "read" });
    await writer.write({ kind: "read", user: bob, conversation, seq: 2 });
    await lookLater(scene);
    expect(device.heard).toEqual([]);
  });

  test("of what was deleted meanwhile", async () => {
    const scene = await setUp();
    const { alice, bob, conversation, device, writer } = scene;
    await say(scene, { from: alice, to: bob, text: "not meant for you" });
    const cid = newCid();
    const act = { is: "delete", for: "both" } as const;
    await writer.write({ kind: "revise", user: alice, cid, conversation, seq: 1, act });
    await lookLater(scene);
    expect(device.heard).toEqual([]);
  });

  test("of whom they have muted, and what is muted does not count as unread", async () => {
    const scene = await setUp({ preview: true });
    const { alice, bob, device } = scene;
    await database.db`update contacts set muted = true where user_id = ${bob} and contact_id = ${alice}`;
    await say(scene, { from: alice, to: bob, text: "anybody?" });
    await lookLater(scene);
    expect(device.heard).toEqual([]);
    expect(await countUnread(database.db, bob, 0)).toBe(0);
  });

  test("of whom they have shut out meanwhile, or who is no contact any more", async () => {
    for (const column of ["low_blocks_at", "high_blocks_at", "ended_at"]) {
      const scene = await setUp();
      const { alice, bob, conversation, device } = scene;
      await say(scene, { from: alice, to: bob, text: "anybody?" });
      await database.db`update conversations set ${database.db(column)} = ${now} where id = ${conversation}`;
      await lookLater(scene);
      expect(device.heard).toEqual([]);
    }
  });

  test("but is of what only a hidden device has", async () => {
    const scene = await setUp();
    const { alice, bob, device, writer } = scene;
    await say(scene, { from: alice, to: bob, text: "in a pocket" });
    await writer.write({ kind: "received", user: bob, cursor: 1, attended: false });
    await lookLater(scene);
    expect(device.heard).toHaveLength(1);
  });

  test("of what they wrote themselves, or of what came before they asked for it", async () => {
    const scene = await setUp();
    const { alice, bob, session, device } = scene;
    await say(scene, { from: bob, to: alice, text: "my own" });
    await say(scene, { from: alice, to: bob, text: "old" });
    await database.db`delete from push_subscriptions where session_id = ${session}`;
    const { subscription } = device;
    await upsertSubscription(database.db, { session, user: bob, ...subscription, preview: true }, now);
    await lookLater(scene);
    expect(device.heard).toEqual([]);
  });

  test("whose session is over: the subscription goes", async () => {
    const scene = await setUp();
    const { alice, bob, session, open, device } = scene;
    open.delete(session);
    await say(scene, { from: alice, to: bob, text: "too late" });
    await lookLater(scene);
    expect(device.heard).toEqual([]);
    expect(await selectSubscription(database.db, session)).toBeNull();
  });
});

describe("a push service", () => {
  test.each([404, 410])("that says %i has nobody there: the subscription goes", async (status) => {
    const scene = await setUp();
    service.answerWith(status);
    await say(scene, { from: scene.alice, to: scene.bob, text: "anybody?" });
    await lookLater(scene);
    expect(scene.results).toEqual(["gone"]);
    expect(await selectSubscription(database.db, scene.session)).toBeNull();
  });

  test.each([429, 503])(
    "that says %i is asked again when it said so, and nothing is forgotten",
    async (status) => {
      const scene = await setUp();
      const { alice, bob, session, device } = scene;
      service.answerWith(status, { "retry-after": "40" });
      await say(scene, { from: alice, to: bob, text: "not now" });
      await lookLater(scene);
      const [kept] = await database.db<{ retryAt: number; failures: number; result: string }[]>`
      select retry_at as "retryAt", failures, last_result as result from push_subscriptions where session_id = ${session}`;
      expect(kept).toEqual({ retryAt: now + 40_000, failures: 1, result: "later" });
      service.answerWith(201);
      now += 40_000;
      await scene.notifier.look(bob);
      expect(device.heard).toHaveLength(1);
      expect(await selectSubscription(database.db, session)).toMatchObject({
        failures: 0,
        lastAt: now,
        lastResult: "sent",
      });
    },
  );

  test("that refuses a push does not get it again, and the device's health says so", async () => {
    const scene = await setUp();
    const { alice, bob, session, results } = scene;
    service.answerWith(403);
    await say(scene, { from: alice, to: bob, text: "refused" });
    await lookLater(scene);
    await lookLater(scene);
    expect(results).toEqual(["refused"]);
    expect(await selectSubscription(database.db, session)).toMatchObject({ lastResult: "refused" });
  });

  test("that does not answer is asked again later", async () => {
    const scene = await setUp();
    const { alice, bob, session } = scene;
    await database.db`
      update push_subscriptions set endpoint = ${`http://127.0.0.1:1/${session}`} where session_id = ${session}`;
    await say(scene, { from: alice, to: bob, text: "nobody home" });
    await lookLater(scene);
    expect(scene.results).toEqual(["later"]);
  });
});

describe("a notifier on the bus", () => {
  test("looks after what comes, and on a start after what came while there was none", async () => {
    const scene = await setUp();
    const { alice, bob, device, records } = scene;
    await say(scene, { from: alice, to: bob, text: "while nobody notified" });
    now += SETTLED_MS;
    const bus = createMemoryHub({ log: quietLog }).join();
    await scene.notifier.start(bus);
    await until(() => device.heard.length === 1);

    records.length = 0;
    await say(scene, { from: alice, to: bob, text: "now" });
    now += SETTLED_MS;
    await bus.publish(records);
    await until(() => device.heard.length === 2);
    await scene.notifier.stop();
    await bus.close();
  });

  test("that died in the middle loses nothing: another handles the same again", async () => {
    const scene = await setUp();
    const { alice, bob, device, records } = scene;
    const hub = createMemoryHub({ log: quietLog });
    const [first, second] = [hub.join(), hub.join()];
    const dying = createNotifier({
      db: database.db,
      clock: () => now,
      log: quietLog,
      send: () => new Promise(() => {}),
      isOpen: async () => true,
      pushed: () => {},
    });
    await dying.start(first);
    await say(scene, { from: alice, to: bob, text: "hold on" });
    now += SETTLED_MS;
    await first.publish(records);
    await scene.notifier.start(second);
    await first.close();
    await until(() => device.heard.length >= 1);
    await scene.notifier.stop();
    await second.close();
  });
});

test("two looks at one user come one after the other, so that nothing is told twice", async () => {
  const scene = await setUp();
  const { alice, bob, notifier } = scene;
  await say(scene, { from: alice, to: bob, text: "once" });
  now += SETTLED_MS;
  await Promise.all([notifier.look(bob), notifier.look(bob), notifier.look(bob)]);
  expect(scene.device.heard).toHaveLength(1);
});
