import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { watch } from "vue";
import { CLOSE } from "#protocol/close_codes.ts";
import { setAppScene, until } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import { useConnection } from "./connection.ts";
import { useConversations } from "./conversations.ts";
import { useSession } from "./session.ts";
import { useTimeline } from "./timeline.ts";

let { time, log, bob, conversation, server, open, live, goOffline, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, open, live, goOffline, close } = setAppScene());
});

afterEach(() => close());

const texts = (): string[] => useTimeline().items.map(({ text }) => text);

describe("session and connection", () => {
  test("follow the tab from unknown to live, and back to nothing when the person signs out", async () => {
    open();
    const [session, connection] = [useSession(), useConnection()];
    expect([session.state, connection.state]).toEqual(["unknown", "idle"]);
    await session.restore();
    expect([session.state, session.me?.name]).toEqual(["signedIn", "Alice"]);
    await until(() => connection.state === "live");
    await session.signOut();
    expect([session.state, session.me, connection.state]).toEqual(["signedOut", null, "idle"]);
    expect([useConversations().list, useConversations().loaded]).toEqual([[], false]);
  });

  test("a refused request is a problem with a sentence", async () => {
    open();
    await useSession().restore();
    server.signedIn = false;
    await expect(useTimeline().loadOlder()).resolves.toBeUndefined();
    await server.stop();
    await expect(useSession().askCode({ phone: "1", country: "US" })).rejects.toMatchObject({
      name: "ApiProblem",
      code: "unreachable",
    });
  });
});

describe("the list of conversations", () => {
  test("shows the latest first, with presence, typing, last line and unread", async () => {
    const carol = log.meet("Carol");
    log.hear(bob.id, "from bob");
    time.pass(1_000);
    log.hear(carol.person.id, "from carol");
    await live();
    const conversations = useConversations();
    expect(conversations.list.map((view) => [view.with.name, view.last?.text, view.unread])).toEqual([
      ["Carol", "from carol", 1],
      ["Bob", "from bob", 1],
    ]);
    expect(conversations.unreadTotal).toBe(2);
    server.say({ type: "presence", user: bob.id, state: "online", until: time.now() + 60_000 });
    server.say({ type: "typing", from: bob.id, ttlMs: 6_000 });
    await until(() => conversations.byId(conversation)?.typing === true);
    expect(conversations.byId(conversation)?.presence.state).toBe("online");
    time.pass(1_000);
    log.hear(bob.id, "again");
    server.deliver();
    await until(() => conversations.list[0]?.with.name === "Bob");
    expect(conversations.list[0]).toMatchObject({
      typing: false,
      unread: 2,
      last: { text: "again", mine: false },
    });
  });

  test("is there offline, with everybody's presence unknown", async () => {
    log.hear(bob.id, "hello");
    const { database, close } = await live();
    await close();
    server.down = true;
    open({ database });
    const conversations = useConversations();
    await useSession().restore();
    await until(() => conversations.loaded);
    expect(conversations.byId(conversation)).toMatchObject({
      presence: { state: "unknown" },
      last: { text: "hello" },
      unread: 1,
    });
  });
});

test("what a restored backup does not know leaves the list", async () => {
  log.meet("Carol");
  const tab = await live();
  const conversations = useConversations();
  expect(conversations.list).toHaveLength(2);
  log.rewind(1);
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  tab.open().tryNow();
  await until(() => conversations.list.length === 1);
  expect(conversations.list[0]?.with.name).toBe("Bob");
});

describe("the open conversation", () => {
  test("shows what the device holds, then what comes in, then what is sent, with ticks", async () => {
    log.hear(bob.id, "hello");
    await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    expect([texts(), timeline.firstUnreadSeq, timeline.more]).toEqual([["hello"], 1, false]);
    log.hear(bob.id, "there");
    server.deliver();
    await until(() => texts().length === 2);
    void timeline.send(conversation, "hi bob");
    expect(timeline.items.at(-1)).toMatchObject({ text: "hi bob", tick: "waiting", seq: null });
    const { key } = timeline.items.at(-1) ?? {};
    await until(() => timeline.items.at(-1)?.tick === "sent");
    expect(timeline.items.at(-1)).toMatchObject({ key, seq: 3, mine: true });
    for (const mark of ["delivered", "read"] as const) {
      log.mark({ conversation, user: bob.id, mark, seq: 3 });
      server.deliver();
      await until(() => timeline.items.at(-1)?.tick === mark);
    }
    expect(texts()).toEqual(["hello", "there", "hi bob"]);
  });

  test("never shows a sent message twice, nor not at all", async () => {
    await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    const counts = new Set<number>();
    // Watched as the screen does: after all that happened at once.
    const stop = watch(
      () => timeline.items.length,
      (count) => counts.add(count),
    );
    await timeline.send(conversation, "once");
    await until(() => timeline.items[0]?.tick === "sent");
    stop();
    expect([...counts]).toEqual([1]);
  });

  test("loads older pages from the server until there is no more, and keeps the first unread where it was", async () => {
    for (let n = 1; n <= 120; n += 1) log.hear(bob.id, `message ${n}`);
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 118 });
    await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    expect([texts()[0], timeline.more, timeline.firstUnreadSeq]).toEqual(["message 71", true, 119]);
    await timeline.loadOlder();
    await timeline.loadOlder();
    expect([texts()[0], texts().length, timeline.more]).toEqual(["message 1", 120, false]);
    timeline.seen(conversation, 120);
    await until(() => useConversations().unreadTotal === 0);
    expect(timeline.firstUnreadSeq).toBe(119);
  });

  test("of more unread messages than it begins with has the first unread go up with what is loaded", async () => {
    for (let n = 1; n <= 220; n += 1) log.hear(bob.id, `message ${n}`);
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 30 });
    await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    expect([texts().length, timeline.firstUnreadSeq]).toEqual([50, 171]);
    while (timeline.more) {
      await timeline.loadOlder();
      expect(timeline.firstUnreadSeq).toBe(Math.max(31, timeline.items[0]?.seq ?? 0));
    }
    expect(texts()).toHaveLength(220);
  });

  test("shows nothing below a hole until the hole was filled", async () => {
    log.pageSize = 5;
    for (let n = 1; n <= 10; n += 1) log.hear(bob.id, `early ${n}`);
    const tab = await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    await until(() => texts().length === 10);
    const first = timeline.firstUnreadSeq;
    timeline.seen(conversation, 10);
    await until(() => useConversations().unreadTotal === 0);
    server.loses = () => true;
    for (let n = 1; n <= 100; n += 1) log.hear(bob.id, `late ${n}`);
    server.loses = () => false;
    server.say({ type: "resync", reason: "behind" });
    await until(() => texts().includes("late 100"));
    expect(texts()).toEqual(["late 96", "late 97", "late 98", "late 99", "late 100"]);
    // What is missing is fetched at once, page by page as the person scrolls; the hole is never jumped.
    while (timeline.more) {
      await timeline.loadOlder();
      const seqs = timeline.items.map(({ seq }) => seq ?? 0);
      expect(seqs).toEqual(seqs.map((_, index) => (seqs[0] ?? 0) + index));
    }
    expect(texts()).toHaveLength(110);
    expect([texts()[0], timeline.firstUnreadSeq]).toEqual(["early 1", first]);
    expect(tab.reported).toEqual([]);
  });

  test("may be the first thing that the app opens", async () => {
    log.hear(bob.id, "hello");
    const { database, close } = await live();
    await close();
    open({ database });
    const timeline = useTimeline();
    const opening = timeline.open(conversation);
    await useSession().restore();
    await opening;
    expect([texts(), timeline.firstUnreadSeq]).toEqual([["hello"], 1]);
  });

  test("fills with the first snapshot on a device that had nothing", async () => {
    log.hear(bob.id, "hello");
    open();
    const timeline = useTimeline();
    void timeline.open(conversation);
    await useSession().restore();
    await until(() => texts().length === 1);
    await until(() => timeline.firstUnreadSeq === 1);
  });

  test("offline can be read and written in", async () => {
    log.hear(bob.id, "hello");
    const tab = await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    await goOffline(tab);
    await timeline.send(conversation, "later");
    expect(timeline.items.map(({ text, tick }) => [text, tick])).toEqual([
      ["hello", "sent"],
      ["later", "waiting"],
    ]);
    expect(useConversations().byId(conversation)?.last).toMatchObject({ text: "later", tick: "waiting" });
  });

  test("shows a refused message with its reason until it is discarded", async () => {
    server.refuses = ({ cid }) => ({ type: "refused", cid, code: "not_a_contact" });
    await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    await timeline.send(conversation, "hello?");
    await until(() => timeline.items[0]?.tick === "refused");
    const [item] = timeline.items;
    expect(item?.unsent).toMatchObject({ standing: "refused", code: "not_a_contact", mayBeThere: false });
    if (item) await timeline.discard(item.key);
    expect(timeline.items).toEqual([]);
  });

  test("takes an unsent message back into the draft, after what is there", async () => {
    const tab = await live();
    const timeline = useTimeline();
    await timeline.open(conversation);
    await goOffline(tab);
    await timeline.send(conversation, "written too soon");
    timeline.setDraft(conversation, "and this");
    const [item] = timeline.items;
    const seen: string[] = [];
    watch(
      () => [timeline.draft(conversation), ...timeline.items.map(({ text }) => text)].join(" | "),
      (all) => seen.push(all),
      { flush: "sync" },
    );
    if (item) expect(await timeline.takeBack(item.key)).toBe(true);
    // Whatever ends the page in between: the words are somewhere.
    expect(seen.filter((all) => !all.includes("written too soon"))).toEqual([]);
    expect(timeline.items).toEqual([]);
    expect(timeline.draft(conversation)).toBe("and this\nwritten too soon");
  });

  test("is the one that was opened last, however fast", async () => {
    const carol = log.meet("Carol");
    for (const text of ["one", "two"]) log.hear(bob.id, text);
    log.mark({ conversation, user: log.me.id, mark: "read", seq: 1 });
    log.hear(carol.person.id, "from carol");
    await live();
    const timeline = useTimeline();
    await Promise.all([timeline.open(carol.conversation), timeline.open(conversation)]);
    expect([texts(), timeline.firstUnreadSeq]).toEqual([["one", "two"], 2]);
    timeline.close();
    expect(texts()).toEqual([]);
  });

  test("shows only its own unsent messages", async () => {
    const carol = log.meet("Carol");
    server.refuses = ({ cid }) => ({ type: "refused", cid, code: "unavailable", retryAfterMs: 60_000 });
    await live();
    const timeline = useTimeline();
    await timeline.send(carol.conversation, "to carol");
    await timeline.send(conversation, "to bob");
    await timeline.open(conversation);
    expect(texts()).toEqual(["to bob"]);
  });

  test("sends nothing for blank text", async () => {
    await live();
    await useTimeline().send(conversation, " \n ");
    await useTimeline().open(conversation);
    expect(texts()).toEqual([]);
  });
});

test("a draft is kept for each conversation, and ends with the message", async () => {
  const carol = log.meet("Carol");
  const { database, close } = await live();
  useTimeline().setDraft(conversation, "to bob");
  useTimeline().setDraft(carol.conversation, "to carol");
  await close();
  await live({ database });
  const timeline = useTimeline();
  expect([timeline.draft(conversation), timeline.draft(carol.conversation)]).toEqual(["to bob", "to carol"]);
  await timeline.send(conversation, "to bob");
  expect([timeline.draft(conversation), timeline.draft(carol.conversation)]).toEqual(["", "to carol"]);
});
