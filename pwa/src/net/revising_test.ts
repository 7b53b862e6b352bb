import { afterEach, beforeEach, expect, test } from "bun:test";
import { CLOSE } from "#protocol/close_codes.ts";
import type { Message } from "#protocol/frames.ts";
import type { Revises } from "../db/schema.ts";
import { setScene } from "../testing/scene.ts";
import type { Scene } from "../testing/scene.ts";
import type { TestTab } from "../testing/tab.ts";

const DAY_MS = 24 * 60 * 60 * 1_000;
const LOVE: Revises = { type: "message.react", seq: 1, emoji: "❤️" };

let { time, log, bob, conversation, server, live, goOffline, close } = {} as Scene;

beforeEach(() => {
  ({ time, log, bob, conversation, server, live, goOffline, close } = setScene());
  log.hear(bob.id, "hello");
});

afterEach(() => close());

function revise(tab: TestTab, revises: Revises): Promise<void> {
  return tab.open().revise({ conversation, to: bob.id, revises });
}

const isSettled = (tab: TestTab) => () => tab.open().unsent().length === 0;
const heard = () =>
  server.heard.filter(({ type }) => type.startsWith("message.") && type !== "message.received");

async function first(tab: TestTab): Promise<Message | undefined> {
  return (await tab.open().newest(conversation, { from: 0, limit: 9 }))[0];
}

test("a revision waits on the device until the server has taken it, and is in the message then", async () => {
  const tab = await live();
  await revise(tab, LOVE);
  expect(tab.open().unsent()).toMatchObject([{ revises: LOVE, text: "", kept: "yes", refused: null }]);
  await tab.until(isSettled(tab));
  expect(heard()).toMatchObject([{ ...LOVE, conversation, cid: expect.any(String) }]);
  expect((await first(tab))?.reactions).toEqual([{ from: log.me.id, emoji: "❤️" }]);
});

test("what is done offline is still to be done after a restart, a day later too", async () => {
  const tab = await live();
  await goOffline(tab);
  await revise(tab, LOVE);
  await tab.close();
  time.pass(2 * DAY_MS);
  server.down = false;
  const next = await live({ database: tab.database });
  await next.until(isSettled(next));
  expect((await first(next))?.reactions).toEqual([{ from: log.me.id, emoji: "❤️" }]);
});

test("what is done to a message goes after what was sent before, never past it", async () => {
  const tab = await live();
  server.deaf = true;
  await tab.open().send({ conversation, to: bob.id, text: "first" });
  await revise(tab, LOVE);
  await server.until(() => heard().length === 1);
  expect(heard().map(({ type }) => type)).toEqual(["message.send"]);
  server.deaf = false;
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  tab.open().tryNow();
  await tab.until(isSettled(tab));
  expect(heard().map(({ type }) => type)).toEqual(["message.send", "message.send", "message.react"]);
});

test("an answer that got lost is asked for again under the same id, and nothing is done twice", async () => {
  const tab = await live();
  server.loses = (frame) => frame.type === "revised";
  await revise(tab, LOVE);
  await server.until(() => heard().length === 1);
  server.loses = () => false;
  server.closeAll(CLOSE.draining);
  await tab.until(() => tab.open().view().state === "waiting");
  tab.open().tryNow();
  await tab.until(isSettled(tab));
  const [once, again] = server.heardOf("message.react");
  expect(again?.cid).toBe(once?.cid as never);
  expect(log.events.filter(({ kind }) => kind === "revision")).toHaveLength(1);
});

test("what the server refuses stays, with the reason, until the person gives it up", async () => {
  server.refusesRevision = ({ cid }) => ({ type: "refused", cid, code: "edit_too_late" });
  const tab = await live();
  await revise(tab, { type: "message.edit", seq: 1, text: "other" });
  await tab.until(() => tab.open().unsent()[0]?.refused !== null);
  const [row] = tab.open().unsent();
  expect(row).toMatchObject({ refused: "edit_too_late", standing: "refused" });
  if (row) await tab.open().discard(row.cid);
  expect(tab.open().unsent()).toEqual([]);
  expect((await first(tab))?.text).toBe("hello");
});

test("of what was done over and over while offline, the last alone is said", async () => {
  const tab = await live();
  await goOffline(tab);
  for (const emoji of ["👍", "😂", "❤️"]) await revise(tab, { ...LOVE, emoji });
  await revise(tab, { type: "message.edit", seq: 1, text: "other" });
  expect(tab.open().unsent()).toHaveLength(2);
  await revise(tab, { type: "message.delete", seq: 1, for: "me" });
  expect(tab.open().unsent()).toMatchObject([{ revises: { type: "message.delete" } }]);
});

test("a message that answers another says so, on its way and once it is there", async () => {
  const tab = await live();
  await tab.open().send({ conversation, to: bob.id, text: "hi", replyTo: 1 });
  expect(tab.open().unsent()).toMatchObject([{ replyTo: 1 }]);
  await tab.until(isSettled(tab));
  const messages = await tab.open().newest(conversation, { from: 2, limit: 9 });
  expect(messages).toMatchObject([{ text: "hi", replyTo: 1 }]);
});

test("what does not come from the draft does not end it", async () => {
  const tab = await live();
  tab.open().setDraft(conversation, { text: "half a thought", replyTo: null });
  await tab.open().send({ conversation, to: bob.id, text: "forwarded" }, { endsDraft: false });
  await revise(tab, LOVE);
  await tab.until(isSettled(tab));
  await tab.close();
  const next = await live({ database: tab.database });
  expect(next.open().draft(conversation).text).toBe("half a thought");
});

test("a message is found by its place, on the device or the server, and is nothing once it has expired", async () => {
  log.pageSize = 1;
  for (const text of ["two", "three"]) log.hear(bob.id, text);
  const tab = await live();
  expect(await tab.open().find(conversation, 1)).toMatchObject({ text: "hello" });
  server.down = true;
  expect(await tab.open().find(conversation, 1)).toMatchObject({ text: "hello" });
  await expect(tab.open().find(conversation, 2)).rejects.toMatchObject({ code: "unreachable" });
  server.down = false;
  expect(await tab.open().find(conversation, 9)).toBeNull();
});
