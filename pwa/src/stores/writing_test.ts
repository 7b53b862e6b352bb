import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { RETENTION_MS } from "#protocol/limits.ts";
import { mintCid } from "../net/cid.ts";
import { setAppScene, until } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import type { Place, TestTab } from "../testing/tab.ts";
import { useComposer } from "./composer.ts";
import { useConversations } from "./conversations.ts";
import { useMessageActs } from "./message_acts.ts";
import { useQuotes } from "./quotes.ts";
import { useTimeline } from "./timeline.ts";
import type { TimelineItem } from "./timeline.ts";

let { time, log, bob, conversation, server, live, goOffline, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, live, goOffline, close } = setAppScene());
  log.hear(bob.id, "hello");
  log.send({ cid: mintCid(time.now()), to: bob.id, text: "hi bob" });
});

afterEach(() => close());

/** The app, in the chat with Bob. */
async function inChat(place: Partial<Place> = {}): Promise<TestTab> {
  const tab = await live(place);
  await useComposer().open(conversation);
  return tab;
}

async function comeBack(tab: TestTab): Promise<void> {
  server.down = false;
  tab.open().tryNow();
  await tab.live();
}

function find(text: string): TimelineItem | undefined {
  return useTimeline().items.find((other) => other.text === text);
}

function item(text: string): TimelineItem {
  const found = find(text);
  if (!found) throw new Error(`Nobody wrote "${text}".`);
  return found;
}

/** The server has taken all that was done. */
function settled(): Promise<void> {
  return until(() =>
    useTimeline().items.every(({ seq, revising }) => seq !== null && revising === undefined),
  );
}

const texts = (): string[] => useTimeline().items.map(({ text }) => text);
const stored = () => log.page(conversation, { before: 99, limit: 99 }).messages;

describe("the composer", () => {
  test("answers a message, and the draft keeps that over a restart", async () => {
    const { database, close } = await inChat();
    useComposer().reply(1);
    useComposer().write("yes");
    await close();
    await inChat({ database });
    const composer = useComposer();
    expect([composer.text, composer.about]).toEqual(["yes", { kind: "reply", seq: 1 }]);
    await composer.send();
    expect([composer.text, composer.about]).toEqual(["", null]);
    await until(() => find("yes")?.tick === "sent");
    expect(stored().at(-1)).toMatchObject({ text: "yes", replyTo: 1 });
    expect(item("yes").replyTo).toBe(1);
  });

  test("answers nothing any more when the person says so, and keeps what was typed", async () => {
    await inChat();
    const composer = useComposer();
    composer.reply(1);
    composer.write("yes");
    composer.cancel();
    expect([composer.text, composer.about]).toEqual(["yes", null]);
  });

  test("edits an own message while the draft waits", async () => {
    await inChat();
    const composer = useComposer();
    composer.write("half a thought");
    composer.edit(item("hi bob"));
    expect([composer.text, composer.about]).toEqual(["hi bob", { kind: "edit", seq: 2 }]);
    composer.write("hi Bob");
    expect(useTimeline().draft(conversation)).toBe("half a thought");
    await composer.send();
    expect([composer.text, composer.about]).toEqual(["half a thought", null]);
    expect(texts()).toEqual(["hello", "hi Bob"]);
    await settled();
    expect(stored()[1]).toMatchObject({ text: "hi Bob", revision: 1 });
  });

  test("does nothing with an edit that changes nothing, or was called off", async () => {
    await inChat();
    const composer = useComposer();
    composer.edit(item("hi bob"));
    await composer.send();
    composer.edit(item("hi bob"));
    composer.write("never mind");
    composer.cancel();
    expect([composer.text, composer.about]).toEqual(["", null]);
    expect(server.heardOf("message.edit")).toEqual([]);
  });
});

describe("what is done to a message", () => {
  test("shows at once offline, in the list too, and is done when the server is back", async () => {
    const tab = await inChat();
    await goOffline(tab);
    const acts = useMessageActs();
    await acts.react(conversation, item("hello"), "👍");
    await acts.remove(conversation, 2, "both");
    expect(item("hello").reactions).toEqual([{ emoji: "👍", mine: true }]);
    expect(useTimeline().items[1]).toMatchObject({ deleted: true, text: "" });
    expect(useConversations().byId(conversation)?.last).toMatchObject({ deleted: true, text: "" });
    expect(stored()[1]?.text).toBe("hi bob");
    await comeBack(tab);
    await settled();
    expect(stored()).toMatchObject([
      { reactions: [{ emoji: "👍" }] },
      { text: "", deletedAt: expect.any(Number) },
    ]);
  });

  test("a reaction that is pressed again is taken back", async () => {
    await inChat();
    const acts = useMessageActs();
    await acts.react(conversation, item("hello"), "👍");
    await settled();
    expect(stored()[0]?.reactions).toHaveLength(1);
    await acts.react(conversation, item("hello"), "👍");
    await settled();
    expect([item("hello").reactions, stored()[0]?.reactions]).toEqual([undefined, undefined]);
  });

  test("what is deleted for oneself was seen, and is shown nowhere", async () => {
    await inChat();
    await useMessageActs().remove(conversation, 1, "me");
    expect(texts()).toEqual(["hi bob"]);
    await server.until(
      () => server.heardOf("message.read").length > 0 && server.heardOf("message.delete").length > 0,
    );
    expect(server.heardOf("message.read")[0]?.seq).toBe(1);
    await until(() => useConversations().unreadTotal === 0);
    expect(stored()[0]).toMatchObject({ hidden: true, text: "" });
  });

  test("a text is forwarded as if it had been typed, and what is being typed there stays", async () => {
    const carol = log.meet("Carol");
    await inChat();
    await until(() => useConversations().byId(carol.conversation) !== undefined);
    useTimeline().setDraft(carol.conversation, "half a thought");
    await useMessageActs().forward("hello", { to: carol.conversation });
    await server.until(() => server.heardOf("message.send").length === 1);
    const [sent] = server.heardOf("message.send");
    expect(sent).toEqual({
      type: "message.send",
      cid: sent?.cid as never,
      to: carol.person.id,
      text: "hello",
    });
    expect(useTimeline().draft(carol.conversation)).toBe("half a thought");
  });
});

describe("a quote", () => {
  test("says what its message says now, and nothing once that was deleted", async () => {
    await inChat();
    const quotes = useQuotes();
    const of = () => quotes.of(conversation, 1);
    expect(of()).toEqual({ is: "here", seq: 1, mine: false, text: "hello" });
    log.revise(bob.id, { type: "message.edit", cid: mintCid(1), conversation, seq: 1, text: "hello you" });
    server.deliver();
    await until(() => texts().includes("hello you"));
    expect(of()).toMatchObject({ text: "hello you" });
    log.revise(bob.id, { type: "message.delete", cid: mintCid(2), conversation, seq: 1, for: "both" });
    server.deliver();
    await until(() => useTimeline().items[0]?.deleted === true);
    expect(of()).toEqual({ is: "gone" });
  });

  test("of a message that is not at hand is looked up, once there is somebody to ask, and follows it", async () => {
    for (let n = 0; n < 150; n += 1) log.hear(bob.id, `${n}`);
    const tab = await inChat();
    const quotes = useQuotes();
    expect(useTimeline().messageAt(1)).toBeUndefined();
    await goOffline(tab);
    quotes.want(conversation, 1);
    expect(quotes.of(conversation, 1)).toEqual({ is: "unknown" });
    await comeBack(tab);
    await until(() => quotes.of(conversation, 1).is === "here");
    expect(quotes.of(conversation, 1)).toMatchObject({ text: "hello" });
    log.revise(bob.id, { type: "message.edit", cid: mintCid(1), conversation, seq: 1, text: "hello you" });
    server.deliver();
    await until(() => JSON.stringify(quotes.of(conversation, 1)).includes("hello you"));
  });

  test("is gone with the retention of its message, whatever this device still holds", async () => {
    await inChat();
    useTimeline().close();
    time.jump(RETENTION_MS);
    useQuotes().want(conversation, 1);
    await until(() => useQuotes().of(conversation, 1).is !== "unknown");
    expect(useQuotes().of(conversation, 1)).toEqual({ is: "gone" });
  });
});
