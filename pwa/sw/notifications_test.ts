import "fake-indexeddb/auto";
import { describe, expect, test } from "bun:test";
import type { PushPayload } from "#protocol/http.ts";
import type { ConversationId } from "#protocol/ids.ts";
import { QUIET } from "../src/db/schema.ts";
import { notificationOf, show, takeBack } from "./notifications.ts";
import { newMessages } from "./words.ts";

const conversation = "0197a5d2-0000-7000-8000-000000000001" as ConversationId;
const payload: PushPayload = { conversation, seq: 7, count: 1, unread: 1 };
const now = 1_790_000_000_000;

function shown(part: Partial<PushPayload> = {}, choice: Partial<typeof QUIET> = {}) {
  return notificationOf({ ...payload, ...part }, { choice: { ...QUIET, ...choice }, now });
}

describe("a notification", () => {
  test("says no more than that there is something new, unless the push brought more", () => {
    expect(shown()).toMatchObject({ title: "Parley", options: { body: "New message", tag: conversation } });
    const full = shown({ name: "Zoë", text: "at eight?" });
    expect(full).toMatchObject({ title: "Zoë", options: { body: "at eight?" } });
    const several = shown({ name: "Zoë", text: "hello?", count: 3 });
    expect(several.options.body).toBe("hello?\n3 new messages");
  });

  test("replaces the one before it of the same conversation, and opens it", () => {
    const { options } = shown();
    expect(options).toMatchObject({ tag: conversation, renotify: true, data: { conversation } });
  });

  test("is silent, still, or both as the person chose", () => {
    expect(shown({}, { sound: false, vibrate: true }).options).toMatchObject({ silent: true });
    expect(shown({}, { sound: false, vibrate: true }).options.vibrate).toBeUndefined();
    expect(shown({}, { vibrate: false }).options.vibrate).toEqual([]);
    expect(shown().options.vibrate).toHaveLength(3);
  });

  test("is shown also for a push that cannot be read", () => {
    const { title, options } = notificationOf(null, { choice: QUIET, now });
    expect(title).toBe("Parley");
    expect(options.body).toBe("New message");
  });
});

test("the browser is not asked which there are while one is being shown", async () => {
  const open = new Map<string, { tag: string; close(): void }>();
  const steps: string[] = [];
  const registration = {
    async showNotification(_title: string, { tag = "" }: NotificationOptions) {
      steps.push("begins");
      await Bun.sleep(0);
      open.set(tag, { tag, close: () => open.delete(tag) });
      steps.push("shown");
    },
    async getNotifications() {
      steps.push("asked");
      return [...open.values()];
    },
  };
  Object.assign(globalThis, { registration });
  const bytes = { json: () => payload } as PushMessageData;

  const showing = show(bytes);
  while (!steps.includes("begins")) await Bun.sleep(0);
  await Promise.all([showing, takeBack(["0197a5d2-0000-7000-8000-000000000002" as ConversationId])]);
  expect(steps).toEqual(["begins", "shown", "asked"]);
  expect(open.has(conversation)).toBeTrue();

  await takeBack([conversation]);
  expect(open.size).toBe(0);
});

test.each([
  ["en-GB", 1, "New message"],
  ["en-GB", 5, "5 new messages"],
  ["hi", 1, "नया संदेश"],
  ["hi", 4, "4 नए संदेश"],
  ["ar", 1, "رسالة جديدة"],
  ["ar", 2, "رسالتان جديدتان"],
  ["ar-u-nu-latn", 5, "5 رسائل جديدة"],
  ["ar-u-nu-latn", 11, "11 رسالة جديدة"],
  ["ar-u-nu-latn", 100, "100 رسالة جديدة"],
  ["tlh", 2, "2 new messages"],
])("in %s, %i new messages are %s", (language, count, words) => {
  expect(newMessages(language, count)).toBe(words);
});
