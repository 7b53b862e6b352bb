import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { Window } from "happy-dom";
import { EDIT_WITHIN_MS } from "#protocol/limits.ts";
import { createJotter } from "../db/jotter.ts";
import { mintCid } from "../net/cid.ts";
import { setAppScene, until } from "../testing/app.ts";
import type { Scene } from "../testing/scene.ts";
import type { Place, TestTab } from "../testing/tab.ts";
import { useComposer } from "./composer.ts";
import { useConversations } from "./conversations.ts";
import { useTimeline } from "./timeline.ts";
import type { TimelineItem } from "./timeline.ts";

let { time, log, bob, conversation, server, live, close } = {} as Scene;
let jottings: Storage;
let tab: TestTab;

beforeEach(async () => {
  ({ time, log, bob, conversation, server, live, close } = setAppScene());
  log.hear(bob.id, "hello");
  for (const text of ["hi bob", "how are you"]) log.send({ cid: mintCid(time.now()), to: bob.id, text });
  jottings = new Window().localStorage as unknown as Storage;
  await openApp();
});

afterEach(() => close());

/** The app, in the chat with Bob; on the same device each time. */
async function openApp(place: Partial<Place> = {}): Promise<void> {
  tab = await live({ jottings, ...place });
  await useComposer().open(conversation);
}

/** Closes the app at once, and opens it again: what it had no time to store is jotted down. `meanwhile` comes in between. */
async function reload(meanwhile: () => void = () => undefined): Promise<void> {
  const kept = { ...jottings };
  await tab.close();
  for (const [key, value] of Object.entries(kept)) jottings.setItem(key, value);
  meanwhile();
  await openApp({ database: tab.database });
}

function item(text: string): TimelineItem {
  const found = useTimeline().items.find((other) => other.text === text);
  if (!found) throw new Error(`Nobody wrote "${text}".`);
  return found;
}

function deletesElsewhere(): void {
  log.revise(log.me.id, { type: "message.delete", cid: mintCid(1), conversation, seq: 2, for: "both" });
}

const written = () => {
  const { text, about, tooLate } = useComposer();
  return { text, about, tooLate };
};

describe("an edit in progress", () => {
  beforeEach(() => {
    useComposer().write("half a thought");
    useComposer().edit(item("hi bob"));
    useComposer().write("hi Bob");
  });

  test("comes back as an edit of that message, and the draft waits behind it", async () => {
    await reload();
    expect(written()).toEqual({ text: "hi Bob", about: { kind: "edit", seq: 2 }, tooLate: false });
    expect(useTimeline().draft(conversation)).toBe("half a thought");
    await useComposer().send();
    expect(written()).toEqual({ text: "half a thought", about: null, tooLate: false });
    await until(() => useTimeline().items.every(({ revising }) => revising === undefined));
    expect(log.page(conversation, { before: 99, limit: 99 }).messages[1]).toMatchObject({ text: "hi Bob" });
    await reload();
    expect(written()).toEqual({ text: "half a thought", about: null, tooLate: false });
  });

  test("is jotted down before anything else happens, with the draft", async () => {
    expect(createJotter(jottings).of(log.me.id)).toMatchObject([
      {
        jotting: {
          kind: "draft",
          row: { text: "half a thought", editing: { seq: 2, text: "hi Bob" } },
        },
      },
    ]);
    // The words of before may be gone by the time it is looked at again.
    expect(JSON.stringify({ ...jottings })).not.toContain("hi bob");
    await tab.open().draftsKept();
    expect(jottings.length).toBe(0);
    expect(JSON.stringify(tab.open().own())).not.toContain("hi bob");
  });

  test("waits while its person is in another chat", async () => {
    const carol = log.meet("Carol");
    server.deliver();
    await until(() => useConversations().byId(carol.conversation) !== undefined);
    useTimeline().close();
    await useComposer().open(carol.conversation);
    expect(written()).toEqual({ text: "", about: null, tooLate: false });
    useTimeline().close();
    await useComposer().open(conversation);
    expect(written()).toEqual({ text: "hi Bob", about: { kind: "edit", seq: 2 }, tooLate: false });
  });

  test.each([
    ["too old to be edited", () => time.jump(EDIT_WITHIN_MS)],
    ["deleted on another device", deletesElsewhere],
  ])("is part of the draft when the app finds its message %s", async (_, meanwhile) => {
    await reload(meanwhile);
    expect(written()).toEqual({ text: "half a thought\nhi Bob", about: null, tooLate: true });
    await reload();
    expect(written()).toEqual({ text: "half a thought\nhi Bob", about: null, tooLate: false });
  });

  test("is part of the draft when it is saved too late, and is sent only by another press", async () => {
    deletesElsewhere();
    server.deliver();
    await until(() => useTimeline().items[1]?.deleted === true);
    expect(useComposer().text).toBe("hi Bob");
    await useComposer().send();
    expect(written()).toEqual({ text: "half a thought\nhi Bob", about: null, tooLate: true });
    expect([server.heardOf("message.edit"), server.heardOf("message.send")]).toEqual([[], []]);
  });

  test("goes on as part of the draft when something else is begun, and is gone when it is called off", () => {
    useComposer().edit(item("hi bob"));
    expect(useComposer().text).toBe("hi Bob");
    useComposer().edit(item("how are you"));
    expect(written()).toMatchObject({ text: "how are you", about: { seq: 3 } });
    useComposer().write("how are you?");
    useComposer().cancel();
    expect(written()).toEqual({ text: "half a thought\nhi Bob", about: null, tooLate: false });
    useComposer().edit(item("how are you"));
    useComposer().reply(1);
    expect(written()).toMatchObject({ text: "half a thought\nhi Bob", about: { kind: "reply", seq: 1 } });
  });

  test("counts among what a sign-out would lose, once it changes something", () => {
    expect(useTimeline().draftCount()).toBe(1);
    useComposer().cancel();
    useComposer().write("");
    expect(useTimeline().draftCount()).toBe(0);
    useComposer().edit(item("hi bob"));
    expect(useTimeline().draftCount()).toBe(0);
    useComposer().write("hi Bob");
    expect(useTimeline().draftCount()).toBe(1);
  });

  test("outlives what another tab sends in that chat", async () => {
    await tab.open().draftsKept();
    await tab.open().send({ conversation, to: bob.id, text: "from elsewhere" });
    await reload();
    expect(written()).toEqual({ text: "hi Bob", about: { kind: "edit", seq: 2 }, tooLate: false });
    expect(useTimeline().draft(conversation)).toBe("");
  });
});

test("the words of an edit that the server refuses can become the draft", async () => {
  server.refusesRevision = ({ cid }) => ({ type: "refused", cid, code: "edit_too_late" });
  useComposer().edit(item("hi bob"));
  useComposer().write("hi Bob");
  await useComposer().send();
  await until(() => useTimeline().items[1]?.revising?.code === "edit_too_late");
  const { cid, text } = item("hi bob").revising ?? {};
  expect(text).toBe("hi Bob");
  if (cid) await useTimeline().takeBack(cid);
  expect(written()).toEqual({ text: "hi Bob", about: null, tooLate: false });
  expect(item("hi bob").revising).toBeUndefined();
});

test("what is typed in one tab is typed in all: none overwrites another's, and what was sent is sent once", async () => {
  const first = useComposer();
  first.write("half a");
  await tab.open().draftsKept();
  await openApp({ database: tab.database });
  const second = useComposer();
  expect(second.text).toBe("half a");
  second.write("half a thought");
  await until(() => first.text === "half a thought");
  first.edit(item("hi bob"));
  first.write("hi Bob");
  await until(() => second.about?.kind === "edit" && second.text === "hi Bob");
  await second.send();
  await until(() => first.about === null && first.text === "half a thought");
  await first.send();
  await until(() => second.text === "");
  await second.send();
  await server.until(() => server.heardOf("message.send").length === 1);
  await reload();
  expect(written()).toEqual({ text: "", about: null, tooLate: false });
  expect(log.page(conversation, { before: 99, limit: 99 }).messages.map(({ text }) => text)).toEqual([
    "hello",
    "hi Bob",
    "how are you",
    "half a thought",
  ]);
});
